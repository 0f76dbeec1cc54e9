using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// The receiving half of an association: what has come, how much the peer may send, and when a SACK is due (RFC 9260 §6.2). One lives from
/// the handshake, or a restart, to the next.
/// </summary>
internal sealed class DataReceiver
{
    // A gap is told of by this many SACKs, one a packet: three make the peer repeat what is missing.
    private const int SnapshotsPerGap = 4;

    private readonly SctpOptions _options;
    private readonly AssociationTally _tally;
    private readonly bool _isLenient;
    private readonly SackSnapshots _snapshots = new();
    private int _snapshotsOwed;
    private SackState _sack;
    private ProtocolTimer _sackTimer;
    private long _offeredWindow;
    private long _payloadReceived;

    // Up to where windows offered reach: a peer counts user bytes, and knows nothing of what each message costs beside them. What it sends
    // within them has a place.
    private long _promised;

    /// <summary>Makes the receiver of a new association.</summary>
    /// <param name="options">Limits and times.</param>
    /// <param name="peer">What both sides can do, and the peer's first TSN.</param>
    /// <param name="reassembly">Where messages become whole.</param>
    /// <param name="tally">Where is counted.</param>
    public DataReceiver(SctpOptions options, in StateCookie peer, Reassembly reassembly, AssociationTally tally)
    {
        _options = options;
        _tally = tally;
        IsInterleaving = (peer.Capabilities & PeerCapabilities.Interleaving) != 0;
        _isLenient = (peer.Capabilities & PeerCapabilities.PartialReliability) != 0;
        _offeredWindow = _promised = (uint)Math.Min(uint.MaxValue, options.FirstWindow);
        Reassembly = reassembly;
        Received = new ReceivedTsns(peer.PeerInitialTsn + -1);
        Tuning = new WindowTuning(reassembly, options.ReceiveLimit);
    }

    /// <summary>Which TSNs have come.</summary>
    public ReceivedTsns Received { get; }

    /// <summary>Where messages become whole.</summary>
    public Reassembly Reassembly { get; }

    /// <summary>How the receive window grows.</summary>
    public WindowTuning Tuning { get; }

    /// <summary>Whether fragments of several messages come between each other (RFC 8260).</summary>
    public bool IsInterleaving { get; }

    /// <summary>When a SACK is due that waits for something to travel with.</summary>
    public Instant? Deadline => _sackTimer.Due;

    /// <summary>Whether a packet with a SACK alone waits.</summary>
    public bool HasSnapshots => !_snapshots.IsEmpty;

    /// <summary>Time has passed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(Instant now)
    {
        if (_sackTimer.Expire(now))
        {
            _sack = SackState.Now;
        }
    }

    /// <summary>Takes a DATA or I-DATA chunk with user data. False: it belongs to no message, which violates the protocol.</summary>
    /// <param name="chunk">The chunk, of the kind that <see cref="IsInterleaving"/> says.</param>
    /// <param name="isImmediate">Whether its SACK shall not wait.</param>
    /// <param name="isUnknownStream">Whether its stream does not exist: it is acknowledged and dropped (§6.5), and the peer to be
    /// told.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Take(in DataChunk chunk, bool isImmediate, out bool isUnknownStream)
    {
        isUnknownStream = false;
        if (!Received.IsNew(chunk.Tsn, out var isDuplicate))
        {
            _tally.DuplicateTsns += isDuplicate ? 1 : 0;
            _sack = SackState.Now;
            return true;
        }

        // §6.2: without room new data is dropped, and what fills a gap is taken: the message it belongs to needs it.
        var isPromised = Reassembly.Window > 0 || (_payloadReceived + chunk.Payload.Length <= _promised && !Reassembly.IsFull);
        if (Reassembly.IsOverflowing || (!isPromised && chunk.Tsn > Received.Highest))
        {
            _sack = SackState.Now;
            _tally.DataChunksRefused++;
            return true;
        }

        _payloadReceived += chunk.Payload.Length;
        if (chunk.Stream >= _options.Streams)
        {
            isUnknownStream = true;
            Received.Add(chunk.Tsn);
            return true;
        }

        var before = Received.Cumulative;
        if (chunk.Tsn - Received.Highest > 1)
        {
            _snapshotsOwed = SnapshotsPerGap;
        }

        Received.Add(chunk.Tsn);
        var isPlausible = IsInterleaving
            ? Reassembly.AddInterleaved(chunk, _isLenient)
            : Reassembly.Add(chunk, before, _isLenient) && Reassembly.PassOver(before, Received.Cumulative, _isLenient);
        if (isPlausible && isImmediate)
        {
            _sack = SackState.Now;
        }

        return isPlausible;
    }

    /// <summary>
    /// Takes a FORWARD TSN (RFC 3758 §3.6) or I-FORWARD-TSN. False: it skips messages that cannot be, which violates the protocol.
    /// </summary>
    public bool Forward(in ForwardTsnChunk chunk)
    {
        // An old one is answered, for the SACK may have been lost.
        _sack = SackState.Now;
        if (chunk.NewCumulativeTsn <= Received.Cumulative)
        {
            return true;
        }

        if (IsInterleaving)
        {
            Received.ForwardTo(chunk.NewCumulativeTsn);
            return Reassembly.SkipInterleaved(chunk.Streams, _options.Streams);
        }

        var before = Received.Cumulative;
        Reassembly.Skip(before, chunk.NewCumulativeTsn);
        Received.ForwardTo(chunk.NewCumulativeTsn);
        for (var streams = chunk.Streams; !streams.IsEmpty; streams = streams[4..])
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(streams);
            if (id < _options.Streams)
            {
                Reassembly.SkipMessages(new StreamId(id), BinaryPrimitives.ReadUInt16BigEndian(streams[2..]));
            }
        }

        Reassembly.PassOver(chunk.NewCumulativeTsn, Received.Cumulative, isLenient: true);
        return true;
    }

    /// <summary>A packet with data has been taken whole: says when its SACK is due.</summary>
    /// <param name="outbox">Whose header a SACK of its own bears.</param>
    /// <param name="maySendSacks">Whether the association's state lets SACKs leave.</param>
    /// <param name="now">The present instant.</param>
    public void AfterPacket(Outbox outbox, bool maySendSacks, Instant now)
    {
        // §6.2: "an acknowledgement SHOULD be generated for at least every second packet"; §6.7: at once while there are gaps.
        _sack = _sack != SackState.None || Received.HasGaps || Received.DuplicateCount > 0 ? SackState.Now : SackState.Delayed;
        if (_sack == SackState.Delayed)
        {
            _sackTimer.Start(now + _options.SackDelay);
        }

        Tuning.Tune(now);
        if (_snapshotsOwed > 0 && Received.HasGaps && maySendSacks)
        {
            WriteSnapshot(outbox);
        }
    }

    /// <summary>
    /// Reading has made room: the peer is told once it is worth a packet (RFC 9260 §6.2; RFC 1122 §4.2.3.3 against silly windows).
    /// </summary>
    public void OfferWindow()
    {
        var window = Reassembly.Window;
        if (_offeredWindow < Reassembly.Limit / 4 && window - _offeredWindow >= Math.Min(Reassembly.Limit / 4, 256 * 1024))
        {
            _sack = SackState.Now;
        }
    }

    /// <summary>Takes a packet with a SACK alone, written when the packet came that it answers.</summary>
    public bool TryTakeSnapshot(out ReadOnlySpan<byte> packet) => _snapshots.TryTake(out packet);

    /// <summary>Whether the next packet carries a SACK.</summary>
    /// <param name="sender">Whose data a SACK that may wait travels with.</param>
    /// <param name="mayBegin">Whether the association's state lets new data leave.</param>
    /// <param name="now">The present instant.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSackDue(DataSender sender, bool mayBegin, Instant now) =>
        _sack == SackState.Now || (_sack == SackState.Delayed && sender.MayWrite(mayBegin, now));

    /// <summary>Writes a SACK, if it has room.</summary>
    public void WriteSack(ref ChunkWriter writer)
    {
        var room = writer.Remaining - ChunkReader.HeaderLength - SackChunk.FixedLength;
        if (room < 0)
        {
            return;
        }

        // The blocks' number is known once they are written: first into the room, then the header.
        var isPlain = !Received.HasGaps && Received.DuplicateCount == 0;
        Span<byte> blocks = isPlain ? default : stackalloc byte[Math.Min(room & ~3, 2048)];
        var gaps = Received.HasGaps ? Received.WriteGaps(blocks) : 0;
        var duplicates = Received.TakeDuplicates(blocks[(4 * gaps)..]);
        var value = writer.Begin(ChunkType.Sack, 0, SackChunk.FixedLength + 4 * (gaps + duplicates));
        _offeredWindow = Math.Min(Reassembly.Window, uint.MaxValue);
        _promised = Math.Max(_promised, _payloadReceived + _offeredWindow);
        BinaryPrimitives.WriteUInt32BigEndian(value, Received.Cumulative.Value);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], (uint)_offeredWindow);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], (ushort)gaps);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], (ushort)duplicates);
        blocks[..(4 * (gaps + duplicates))].CopyTo(value[SackChunk.FixedLength..]);
        _sack = SackState.None;
        _sackTimer.Stop();
    }

    /// <summary>No SACK is due any more: the association has ended.</summary>
    public void Stop()
    {
        _sack = SackState.None;
        _sackTimer.Stop();
        _snapshots.Clear();
    }

    /// <summary>Gives memory back.</summary>
    public void Trim()
    {
        Reassembly.Trim();
        Received.Trim();
    }

    private void WriteSnapshot(Outbox outbox)
    {
        if (_snapshots.IsFull)
        {
            return;
        }

        var packet = _snapshots.Begin();
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        WriteSack(ref writer);
        if (writer.Remaining < 4)
        {
            // Not all gaps have room here: what is further ahead only a whole packet tells of.
            _sack = SackState.Now;
            _snapshotsOwed = 0;
            return;
        }

        outbox.WriteHeader(packet, writer.Position);
        _snapshots.Commit(writer.Position);
        _snapshotsOwed--;
    }
}
