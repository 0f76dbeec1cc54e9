using System.Numerics;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// What is on its way: a ring of chunks by TSN, from the first the peer has not acknowledged cumulatively. A chunk is lost when what was
/// sent later tells so (RACK; see docs/sctp.md), or when the timer does (RFC 9260 §6.3.3).
/// </summary>
internal sealed partial class RetransmissionQueue(
    SendQueue messages, Tsn initialTsn, bool canAbandon, int headerLength, DeliveryRate? delivery, AssociationTally tally)
{
    private const int ReorderingThreshold = 3;
    private readonly RingQueue<Resent> _resent = new();
    private SentChunk[] _ring = [];
    private Tsn _first = initialTsn;
    private Tsn _lossScan = initialTsn;

    // Nothing below is lost.
    private Tsn _lostScan = initialTsn;
    private Tsn _roundTripMark = initialTsn;

    // All that may be on its way may be taken back at once; each chunk acknowledged for good allows another.
    private int _renegeCredit = ReceivedTsns.MaxAhead;

    /// <summary>The TSN the next new chunk gets.</summary>
    public Tsn Next { get; private set; } = initialTsn;

    /// <summary>The peer's cumulative TSN ack point.</summary>
    public Tsn CumulativeAck => _first + -1;

    /// <summary>RFC 3758 §3.5-A: up to where the peer may be told to move on.</summary>
    public Tsn AdvancedAckPoint { get; private set; } = initialTsn + -1;

    /// <summary>Whether nothing waits for an acknowledgement.</summary>
    public bool IsEmpty => _first == Next;

    /// <summary>Bytes on their way, with chunk headers.</summary>
    public long InFlight { get; private set; }

    /// <summary>User bytes on their way.</summary>
    public long PayloadInFlight { get; private set; }

    /// <summary>Whether something waits to be sent again.</summary>
    public bool HasLost => TryPeekLost(out _);

    /// <summary>
    /// Whether the peer takes back more than it acknowledges for good: each costs a look, a retransmission and room, and could go on for
    /// ever.
    /// </summary>
    public bool IsPeerReneging => _renegeCredit < 0;

    public ref SentChunk this[Tsn tsn] => ref _ring[tsn.Value & (uint)(_ring.Length - 1)];

    public int SizeOf(int payload) => headerLength + Padding.RoundUp(payload);

    /// <summary>Whether the ring may grow by one: a gap block reaches 65,535 TSNs (RFC 9260 §3.3.4).</summary>
    public bool HasRoom => Next - _first < ReceivedTsns.MaxAhead - 1;

    /// <summary>Counts a new chunk as sent and returns its TSN.</summary>
    public Tsn Add(int message, int offset, int length, byte flags, long packet, Instant now)
    {
        ref var whole = ref messages[message];
        if (offset == 0)
        {
            whole.FirstTsn = Next;
        }

        var tsn = Append(new SentChunk
        {
            Message = message,
            Offset = offset,
            Fsn = whole.NextFsn++,
            Length = (ushort)length,
            Flags = flags,
            Packet = packet,
            SentAt = now,
            Transmissions = 1,
            State = SentChunkState.InFlight,
        });
        CountSent(length, packet, now);
        return tsn;
    }

    /// <summary>The next chunk to be sent again: "the earliest (i.e., lowest TSN)" of those lost (RFC 9260 §6.3.3-E3, §7.2.4).</summary>
    public bool TryPeekLost(out Tsn tsn)
    {
        if (_lostScan < _first)
        {
            _lostScan = _first;
        }

        while (_lostScan < Next && this[_lostScan].State != SentChunkState.Lost)
        {
            _lostScan++;
        }

        tsn = _lostScan;
        return tsn < Next;
    }

    /// <summary>
    /// Whether the peer has something sent after this chunk: it has room for what fills the gap, for that was within its window (RFC 9260
    /// §6.2).
    /// </summary>
    public bool FillsGap(Tsn tsn) => tsn < _furthestAcknowledged;

    /// <summary>Counts the chunk of <see cref="TryPeekLost"/> as sent again.</summary>
    public void Resend(Tsn tsn, long packet, Instant now)
    {
        ref var chunk = ref this[tsn];
        chunk.State = SentChunkState.InFlight;
        chunk.Packet = packet;
        chunk.SentAt = now;
        chunk.Transmissions = (ushort)Math.Min(chunk.Transmissions + 1, ushort.MaxValue);
        CountSent(chunk.Length, packet, now);
        tally.Retransmissions++;
        _hasResentInRound = true;
        _resent.Enqueue(new Resent(tsn, packet));
    }

    /// <summary>RFC 9260 §6.3.3-E3: the timer expired; what is on its way is taken for lost.</summary>
    public void OnTimeout(Instant now)
    {
        // The peer acknowledged the earliest chunk in a gap block, but never cumulatively: it has dropped that chunk again ("reneging",
        // §6.2), and perhaps all others of its gap blocks.
        var reneged = !IsEmpty && this[_first].State == SentChunkState.Acknowledged;
        if (reneged)
        {
            _gapCount = 0;
        }

        for (var tsn = _first; tsn < Next; tsn++)
        {
            ref var chunk = ref this[tsn];
            if (chunk.State == SentChunkState.Acknowledged && reneged)
            {
                tally.TsnsReneged++;
                chunk.State = SentChunkState.InFlight;
                CountInFlight(chunk, 1);
            }

            if (chunk.State == SentChunkState.InFlight)
            {
                MarkLost(tsn, now);
            }
        }

        AdvanceAckPoint();
    }

    /// <summary>
    /// Gives up a message, begun or sent whole, whose time has passed or which has been sent often enough (RFC 3758 §3.5-A).
    /// </summary>
    public void Abandon(int place)
    {
        if (!messages[place].IsTakenWhole)
        {
            // The rest never gets a TSN; one chunk that is never sent stands for it, so that the peer is moved past the message's end.
            Append(new SentChunk { Message = place, Flags = DataChunk.End, State = SentChunkState.Abandoned });
        }

        // Chunks of other messages stand between them where messages are interleaved.
        var tsn = messages[place].FirstTsn < _first ? _first : messages[place].FirstTsn;
        for (var left = messages[place].Outstanding; left > 0; tsn++)
        {
            ref var chunk = ref this[tsn];
            if (chunk.Message != place)
            {
                continue;
            }

            left--;
            if (chunk.State == SentChunkState.InFlight)
            {
                CountInFlight(chunk, -1);
                delivery?.Release(chunk.Packet);
            }

            chunk.State = SentChunkState.Abandoned;
        }

        messages.Abandon(place);
    }

    /// <summary>Moves the advanced ack point over what is given up (RFC 3758 §3.5-C2).</summary>
    public void AdvanceAckPoint()
    {
        if (AdvancedAckPoint < CumulativeAck)
        {
            AdvancedAckPoint = CumulativeAck;
        }

        while (AdvancedAckPoint + 1 < Next && this[AdvancedAckPoint + 1].State == SentChunkState.Abandoned)
        {
            AdvancedAckPoint++;
        }
    }

    public void Trim()
    {
        if (IsEmpty)
        {
            delivery?.Trim();
            _ring = [];
            _resent.Clear();
            _gaps = [];
            _nextGaps = [];
            _gapCount = 0;
        }
    }

    private Tsn Append(in SentChunk chunk)
    {
        if (Next - _first == _ring.Length)
        {
            Grow();
        }

        messages.AddOutstanding(chunk.Message);
        this[Next] = chunk;
        return Next++;
    }

    private void MarkLost(Tsn tsn, Instant now)
    {
        ref var chunk = ref this[tsn];
        ref var message = ref messages[chunk.Message];
        delivery?.OnLost(chunk.Packet, SizeOf(chunk.Length), now);
        if (canAbandon && message.IsLimited && (chunk.Transmissions > message.MaxRetransmits || now >= message.ExpiresAt))
        {
            Abandon(chunk.Message);
            return;
        }

        CountInFlight(chunk, -1);
        chunk.State = SentChunkState.Lost;
        if (tsn < _lostScan)
        {
            _lostScan = tsn;
        }
    }

    private void CountSent(int length, long packet, Instant now)
    {
        var size = SizeOf(length);
        delivery?.OnSent(packet, size, InFlight, now);
        InFlight += size;
        PayloadInFlight += length;
    }

    private void CountInFlight(in SentChunk chunk, int sign)
    {
        InFlight += sign * SizeOf(chunk.Length);
        PayloadInFlight += sign * chunk.Length;
    }

    private void Grow()
    {
        var old = _ring;
        _ring = new SentChunk[Math.Max(16, (int)BitOperations.RoundUpToPowerOf2((uint)old.Length + 1))];
        for (var tsn = _first; tsn < Next; tsn++)
        {
            this[tsn] = old[tsn.Value & (uint)(old.Length - 1)];
        }
    }

    private readonly record struct Resent(Tsn Tsn, long Packet);
}
