using System.Runtime.CompilerServices;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What leaves: what is sent again, then what is new (RFC 9260 §6.1, §6.10).
internal sealed partial class DataSender
{
    private bool IsPaced => Congestion.PacingRate is not null;

    // While more is in flight than the reduced window holds, each delivery still pays for its share.
    private bool IsPaidByRecovery => _recovery is { IsActive: true, HasBudget: true } && !IsPaced;

    private bool IsHeldByRecovery =>
        _recovery is { IsActive: true, HasBudget: false } && !IsPaced && !_mayExceedWindowOnce && Outstanding.InFlight > 0;

    // With a window of two packets or less, and half of it used up, or with the peer's closed, nothing more leaves before its SACK.
    private bool IsSackAwaited => _peerWindow == 0 || Congestion.Window <= 2L * _options.MaxPacketSize
        || (Congestion.Window <= 2L * Path.Size && 2 * Outstanding.InFlight >= Congestion.Window);

    /// <summary>Whether a packet written now will carry data, so that a SACK can travel with it.</summary>
    public bool MayWrite(bool mayBegin, Instant now) => !IsHeldByPacing(now) && HasData(mayBegin, now);

    /// <summary>Writes DATA chunks into a packet, as far as it has room and windows and pace allow.</summary>
    /// <param name="writer">The packet.</param>
    /// <param name="mayBegin">Whether the association's state lets new data leave.</param>
    /// <param name="now">The present instant.</param>
    /// <returns>Whether the packet carries data.</returns>
    public bool Write(ref ChunkWriter writer, bool mayBegin, Instant now)
    {
        var inFlight = Outstanding.InFlight;
        var isBlocked = WaitForPace(mayBegin, now) || IsHeldByRecovery || !WriteLost(ref writer, now);
        if (!isBlocked && mayBegin)
        {
            isBlocked = !WriteNew(ref writer, now);
        }

        var sent = (int)(Outstanding.InFlight - inFlight);
        if (sent > 0)
        {
            OnSent(sent, now);
        }
        else if (!isBlocked)
        {
            // Nothing waits: what acknowledgements released is not saved up for a burst later.
            _burst = Math.Min(_burst, MaxBurstBytes);
            _delivery?.OnApplicationLimited(Outstanding.InFlight);
        }

        _isWindowLimited = 2 * Outstanding.InFlight >= Congestion.Window;
        return sent > 0;
    }

    /// <summary>Writes what the peer is to pass over.</summary>
    public void WriteSkipped(ref ChunkWriter writer, Instant now)
    {
        if (Skipped.Write(ref writer, now))
        {
            UpdateT3(false, now);
        }
    }

    private void OnSent(int bytes, Instant now)
    {
        _burst -= bytes;
        _pacer.OnSent(bytes, Congestion.PacingRate, now);
        _recovery.OnSent(bytes);
        _lastDataAt = now;
        _mayExceedWindowOnce = false;
        _probe.OnDataSent();
        Congestion.OnSent(new SentPacket { Number = _packetNumber++, Bytes = bytes, BytesInFlight = Outstanding.InFlight }, now);
        UpdateT3(false, now);
        ScheduleProbe(now);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool HasData(bool mayBegin, Instant now) =>
        Outstanding.HasLost
        || (mayBegin && Queue.Next(_peerWholeWindow, now) != OutgoingMessage.None
            && Outstanding.InFlight < Congestion.Window && PeerWindow > 0);

    // Whether what might leave waits for its time only. A probe, and the first packet after a loss, do not wait.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsHeldByPacing(Instant now) =>
        !_probe.IsOwed && !_mayExceedWindowOnce && !_pacer.MaySend(Congestion.PacingRate, Congestion.SendQuantum, now);

    // True: what might leave waits for its time.
    private bool WaitForPace(bool mayBegin, Instant now)
    {
        if (IsHeldByPacing(now) && HasData(mayBegin, now))
        {
            _pacer.Hold();
            return true;
        }

        _pacer.Release();
        return false;
    }

    // False: something that is lost must wait.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool WriteLost(ref ChunkWriter writer, Instant now)
    {
        while (Outstanding.TryPeekLost(out var tsn))
        {
            ref var chunk = ref Outstanding[tsn];
            var size = Outstanding.SizeOf(chunk.Length);
            var isWithin = _mayExceedWindowOnce || Outstanding.InFlight == 0
                || ((Outstanding.InFlight + size <= Congestion.Window || IsPaidByRecovery)
                    && (PeerWindow >= chunk.Length || Outstanding.FillsGap(tsn)));
            if (size > writer.Remaining || !isWithin)
            {
                return false;
            }

            WriteChunk(ref writer, tsn, chunk);
            Outstanding.Resend(tsn, _packetNumber, now);
            if (_recovery.IsActive && tsn == Outstanding.CumulativeAck + 1)
            {
                // §7.2.4-4: the timer begins anew when "the endpoint is retransmitting the first outstanding DATA chunk".
                UpdateT3(restart: true, now);
            }
        }

        return true;
    }

    // False: something new must wait.
    private bool WriteNew(ref ChunkWriter writer, Instant now)
    {
        var isFirst = true;
        while (Queue.Next(_peerWholeWindow, now) is var place && place != OutgoingMessage.None)
        {
            ref var message = ref Queue[place];
            if (message.ExpiresAt <= now && _canAbandon)
            {
                // Begun, and its time has passed: RFC 3758 §3.5-A.
                Outstanding.Abandon(place);
                Outstanding.AdvanceAckPoint();
                UpdateT3(false, now);
                OfferSkipped(now);
                continue;
            }

            if (isFirst)
            {
                LeaveIdle(now);
            }

            // §6.1-B looks at whole packets: "the sender MUST NOT transmit new data … if it has cwnd + (PMTU - 1) or more bytes of data
            // outstanding".
            if (isFirst && !_probe.IsOwed && Outstanding.InFlight > 0
                && (Outstanding.InFlight >= Congestion.Window || (_burst <= 0 && !IsPaced)))
            {
                return false;
            }

            var length = FragmentLength(message, writer);
            if (length == 0 || !Outstanding.HasRoom || (message.Taken == 0 && message.Stream.MessagesOutstanding >= MaxMessagesOutstanding))
            {
                return false;
            }

            // §6.1-A: with the window closed, one chunk may be on its way to ask whether it still is.
            if (PeerWindow < length && Outstanding.InFlight > 0)
            {
                return false;
            }

            WriteFragment(ref writer, place, length, now);
            isFirst = false;
        }

        return true;
    }

    private int FragmentLength(in OutgoingMessage message, in ChunkWriter writer)
    {
        var remaining = message.Payload.Length - message.Taken;
        var room = (writer.Remaining - DataHeaderLength) & ~3;
        if (remaining <= room)
        {
            return Math.Min(remaining, _largestFragment);
        }

        // What fits a packet whole is not cut to fill one; what must be cut anyway is, so that packets are full, and of one size (GSO).
        return message.Payload.Length <= _largestFragment || room < LeastFragment ? 0 : Math.Min(room, _largestFragment);
    }

    private void WriteFragment(ref ChunkWriter writer, int place, int length, Instant now)
    {
        ref var message = ref Queue[place];
        var offset = message.Taken;
        byte flags = message.IsUnordered ? DataChunk.Unordered : (byte)0;
        flags |= offset == 0 ? DataChunk.Beginning : (byte)0;
        flags |= offset + length == message.Payload.Length ? DataChunk.End : (byte)0;
        var tsn = Outstanding.Add(place, offset, length, flags, _packetNumber, now);
        Queue.Take(place, length);
        WriteChunk(ref writer, tsn, Outstanding[tsn]);
    }

    private void WriteChunk(ref ChunkWriter writer, Tsn tsn, in SentChunk chunk)
    {
        ref var message = ref Queue[chunk.Message];

        // RFC 9260 §3.3.1, I bit: with a window this small the peer's delayed SACK would be waited for.
        var flags = IsSackAwaited ? (byte)(chunk.Flags | DataChunk.Immediate) : chunk.Flags;
        var stream = message.Stream.Id.Value;
        var ppidOrFsn = chunk.Offset == 0 ? message.Ppid : chunk.Fsn;
        var ssn = message.IsUnordered ? (ushort)0 : (ushort)message.Mid;
        var room = _isInterleaving
            ? DataChunk.WriteInterleaved(ref writer, flags, tsn, stream, message.Mid, ppidOrFsn, chunk.Length)
            : DataChunk.Write(ref writer, flags, tsn, stream, ssn, message.Ppid, chunk.Length);
        message.Payload.Span.Slice(chunk.Offset, chunk.Length).CopyTo(room);
    }

    // §7.2.1: "adjusted to max(cwnd / 2, 4 * PMTU) once per RTO" in which nothing was sent.
    private void LeaveIdle(Instant now)
    {
        if (!Outstanding.IsEmpty)
        {
            return;
        }

        _burst = Math.Max(_burst, MaxBurstBytes);
        var idle = now - _lastDataAt;
        for (var times = 0; times < 16 && idle > RoundTrip.Rto && _lastDataAt > Instant.Zero; times++)
        {
            Congestion.OnIdle();
            idle -= RoundTrip.Rto;
        }

        _lastDataAt = now;
    }
}
