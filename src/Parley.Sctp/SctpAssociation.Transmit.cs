using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What leaves, a packet a call: control first, then what is sent again, then what is new (RFC 9260 §6.1, §6.10).
public sealed partial class SctpAssociation
{
    private const int MaxPacketsAlone = 8;

    // A fragment smaller than this is not worth a chunk header at a packet's end.
    private const int LeastFragment = 64;

    // Sequence numbers of 16 bits are compared (RFC 9260 §1.6): a receiver that lacks the first of a stream's messages must still know the
    // last for a later one.
    private const int MaxMessagesOutstanding = 32_000;

    private readonly RingQueue<byte[]> _packets = new();
    private byte[] _control = [];
    private int _controlLength;
    private long _packetNumber;
    private Instant _lastDataAt;
    private long _packetsReceived;
    private long _bytesReceived;
    private long _packetsDropped;
    private long _packetsSent;
    private long _bytesSent;
    private long _timeouts;

    private bool IsInterleaving => (_peer & PeerCapabilities.Interleaving) != 0;

    private int DataHeaderLength => IsInterleaving ? DataChunk.InterleavedHeaderLength : DataChunk.HeaderLength;

    // A chunk keeps its length when it is sent again, and the path may have become narrower by then.
    private int LargestFragment => (_options.MaxPacketSize - CommonHeader.Length - DataHeaderLength) & ~3;

    /// <summary>Writes the next packet, to become one DTLS record; 0: nothing to send now.</summary>
    /// <param name="destination">At least <see cref="SctpOptions.MaxPacketSize"/> bytes; with <see cref="NextPacketLimit"/> the packet is
    /// as large as the path takes.</param>
    /// <param name="now">The present instant.</param>
    /// <returns>The packet's length.</returns>
    /// <exception cref="ArgumentException">The destination is too small.</exception>
    public int Transmit(Span<byte> destination, Instant now)
    {
        if (destination.Length < _options.MaxPacketSize)
        {
            throw new ArgumentException($"A packet may have {_options.MaxPacketSize} bytes.", nameof(destination));
        }

        if (_packets.TryDequeue(out var alone))
        {
            alone.CopyTo(destination);
            return CountSent(alone.Length);
        }

        if (_snapshots.TryTake(out var sack))
        {
            sack.CopyTo(destination);
            return CountSent(sack.Length);
        }

        if (_path.Wanted > 0 && _path.Wanted <= destination.Length && State == SctpState.Established)
        {
            return TransmitPathProbe(destination, now);
        }

        var packet = destination[..Math.Min(destination.Length, _path.Size)];
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        switch (State)
        {
            case SctpState.Closed:
                return 0;
            case SctpState.CookieWait:
                return _sendInit ? TransmitInit(packet, ref writer, now) : 0;
            case SctpState.CookieEchoed:
                return _sendCookieEcho ? TransmitCookieEcho(packet, ref writer, now) : 0;
            default:
                WriteControl(ref writer, now);
                WriteData(ref writer, now);
                WriteShutdown(ref writer, now);
                return writer.Position == CommonHeader.Length
                    ? 0
                    : Finish(packet, writer.Position, _peerTag, IsZeroChecksumUsed);
        }
    }

    private int TransmitInit(Span<byte> packet, ref ChunkWriter writer, Instant now)
    {
        _sendInit = false;
        _t1.Start(now + Backoff(_options.InitialRto, _t1));
        WriteInit(ref writer);
        return Finish(packet, writer.Position, 0, isZeroUsed: false);
    }

    private int TransmitCookieEcho(Span<byte> packet, ref ChunkWriter writer, Instant now)
    {
        _sendCookieEcho = false;
        _t1.Start(now + Backoff(_options.InitialRto, _t1));
        _cookieEcho.CopyTo(writer.Begin(ChunkType.CookieEcho, 0, _cookieEcho.Length));
        return Finish(packet, writer.Position, _peerTag, isZeroUsed: false);
    }

    private void WriteControl(ref ChunkWriter writer, Instant now)
    {
        if (_sendCookieAck)
        {
            _sendCookieAck = false;
            writer.Begin(ChunkType.CookieAck, 0, 0);
        }

        if (_controlLength > 0 && _controlLength <= writer.Remaining)
        {
            writer.Append(_control.AsSpan(0, _controlLength));
            _controlLength = 0;
        }

        if (_sack == SackState.Now || (_sack == SackState.Delayed && MayWriteData(now)))
        {
            WriteSack(ref writer);
            WriteRoundTripProbe(ref writer, now);
        }

        if (_sendForwardTsn)
        {
            WriteForwardTsn(ref writer, now);
        }

        WriteReconfig(ref writer, now);
        if (_sendHeartbeat && writer.Remaining >= 16)
        {
            _sendHeartbeat = false;
            _isHeartbeatAwaited = true;
            _heartbeatSentAt = now;
            _heartbeatAnswer.Start(now + _roundTrip.Rto);
            WriteHeartbeat(ref writer, _heartbeatNonce);
        }
    }

    private void WriteShutdown(ref ChunkWriter writer, Instant now)
    {
        if (_sendShutdown && writer.Remaining >= 8)
        {
            _sendShutdown = false;
            _t2.Start(now + Backoff(_roundTrip.Rto, _t2));
            BinaryPrimitives.WriteUInt32BigEndian(writer.Begin(ChunkType.Shutdown, 0, 4), _received.Cumulative.Value);
        }

        if (_sendShutdownAck && writer.Remaining >= 4)
        {
            _sendShutdownAck = false;
            _t2.Start(now + Backoff(_roundTrip.Rto, _t2));
            writer.Begin(ChunkType.ShutdownAck, 0, 0);
        }
    }

    private bool MaySendNew => State is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownReceived;

    // Whether a packet written now will carry data, so that a SACK can travel with it.
    private bool MayWriteData(Instant now) => !IsHeldByPacing(now) && HasData(now);

    private bool HasData(Instant now) =>
        _outstanding.HasLost
            || (MaySendNew
                && _queue.Next(_peerWholeWindow, now) != OutgoingMessage.None
                && _outstanding.InFlight < _congestion.Window
                && PeerWindow > 0);

    // True: what might leave waits for its time.
    private bool WaitForPace(Instant now)
    {
        if (IsHeldByPacing(now) && HasData(now))
        {
            _pacer.Hold();
            return true;
        }

        _pacer.Release();
        return false;
    }

    private void WriteData(ref ChunkWriter writer, Instant now)
    {
        var inFlight = _outstanding.InFlight;
        var isBlocked = WaitForPace(now) || IsHeldByRecovery || !WriteLost(ref writer, now);
        if (!isBlocked && MaySendNew)
        {
            isBlocked = !WriteNew(ref writer, now);
        }

        var sent = (int)(_outstanding.InFlight - inFlight);
        if (sent > 0)
        {
            _packetNumber++;
            _burst -= sent;
            _pacer.OnSent(sent, _congestion.PacingRate, now);
            _recoveryBudget -= sent;
            _sentInRecovery += sent;
            _lastDataAt = now;
            _mayExceedWindowOnce = false;
            _sendProbe = false;
            _congestion.OnSent(sent, _outstanding.InFlight, now);
            UpdateT3(false, now);
            ScheduleProbe(now);
            SearchPath();
        }
        else if (!isBlocked)
        {
            // Nothing waits: what acknowledgements released is not saved up for a burst later.
            _burst = Math.Min(_burst, MaxBurstBytes);
            _delivery?.OnApplicationLimited(_outstanding.InFlight);
        }

        _isWindowLimited = 2 * _outstanding.InFlight >= _congestion.Window;
    }

    // False: something that is lost must wait.
    private bool WriteLost(ref ChunkWriter writer, Instant now)
    {
        while (_outstanding.TryPeekLost(out var tsn))
        {
            ref var chunk = ref _outstanding[tsn];
            var size = _outstanding.SizeOf(chunk.Length);
            var isWithin = _mayExceedWindowOnce || _outstanding.InFlight == 0
                || ((_outstanding.InFlight + size <= _congestion.Window || IsPaidByRecovery)
                    && (PeerWindow >= chunk.Length || _outstanding.FillsGap(tsn)));
            if (size > writer.Remaining || !isWithin)
            {
                return false;
            }

            WriteChunk(ref writer, tsn, chunk);
            _outstanding.Resend(tsn, _packetNumber, now);
            if (_isRecovering && tsn == _outstanding.CumulativeAck + 1)
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
        while (_queue.Next(_peerWholeWindow, now) is var place && place != OutgoingMessage.None)
        {
            ref var message = ref _queue[place];
            if (message.ExpiresAt <= now && (_peer & PeerCapabilities.PartialReliability) != 0)
            {
                // Begun, and its time has passed: RFC 3758 §3.5-A.
                _outstanding.Abandon(place);
                _outstanding.AdvanceAckPoint();
                UpdateT3(false, now);
                OfferForwardTsn(now);
                continue;
            }

            if (isFirst)
            {
                LeaveIdle(now);
            }

            // §6.1-B looks at whole packets: "the sender MUST NOT transmit new data … if it has cwnd + (PMTU - 1) or more bytes of data
            // outstanding".
            if (isFirst
                && !_sendProbe
                && _outstanding.InFlight > 0
                && (_outstanding.InFlight >= _congestion.Window || (_burst <= 0 && _congestion.PacingRate is null)))
            {
                return false;
            }

            var length = FragmentLength(message, writer);
            if (length == 0
                || !_outstanding.HasRoom
                || (message.Taken == 0 && message.Stream.MessagesOutstanding >= MaxMessagesOutstanding))
            {
                return false;
            }

            // §6.1-A: with the window closed, one chunk may be on its way to ask whether it still is.
            if (PeerWindow < length && _outstanding.InFlight > 0)
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
            return Math.Min(remaining, LargestFragment);
        }

        // What fits a packet whole is not cut to fill one; what must be cut anyway is, so that packets are full, and of one size (GSO).
        return message.Payload.Length <= LargestFragment || room < LeastFragment ? 0 : Math.Min(room, LargestFragment);
    }

    private void WriteFragment(ref ChunkWriter writer, int place, int length, Instant now)
    {
        ref var message = ref _queue[place];
        var offset = message.Taken;
        byte flags = message.IsUnordered ? DataChunk.Unordered : (byte)0;
        flags |= offset == 0 ? DataChunk.Beginning : (byte)0;
        flags |= offset + length == message.Payload.Length ? DataChunk.End : (byte)0;
        var tsn = _outstanding.Add(place, offset, length, flags, _packetNumber, now);
        _queue.Take(place, length);
        WriteChunk(ref writer, tsn, _outstanding[tsn]);
    }

    // With a window of two packets or less, and half of it used up, or with the peer's closed, nothing more leaves before its SACK.
    private bool IsSackAwaited => _peerWindow == 0 || _congestion.Window <= 2L * _options.MaxPacketSize
        || (_congestion.Window <= 2L * _path.Size && 2 * _outstanding.InFlight >= _congestion.Window);

    private void WriteChunk(ref ChunkWriter writer, Tsn tsn, in SentChunk chunk)
    {
        ref var message = ref _queue[chunk.Message];

        // RFC 9260 §3.3.1, I bit: with a window this small the peer's delayed SACK would be waited for.
        var flags = IsSackAwaited ? (byte)(chunk.Flags | DataChunk.Immediate) : chunk.Flags;
        var stream = message.Stream.Id.Value;
        var room = IsInterleaving
            ? DataChunk.WriteInterleaved(
                ref writer, flags, tsn, stream, message.Mid, chunk.Offset == 0 ? message.Ppid : chunk.Fsn, chunk.Length)
            : DataChunk.Write(
                ref writer, flags, tsn, stream, message.IsUnordered ? (ushort)0 : (ushort)message.Mid, message.Ppid, chunk.Length);
        message.Payload.Span.Slice(chunk.Offset, chunk.Length).CopyTo(room);
    }

    // §7.2.1: "adjusted to max(cwnd / 2, 4 * PMTU) once per RTO" in which nothing was sent.
    private void LeaveIdle(Instant now)
    {
        if (!_outstanding.IsEmpty)
        {
            return;
        }

        _burst = Math.Max(_burst, MaxBurstBytes);
        var idle = now - _lastDataAt;
        for (var times = 0; times < 16 && idle > _roundTrip.Rto && _lastDataAt > Instant.Zero; times++)
        {
            _congestion.OnIdle();
            idle -= _roundTrip.Rto;
        }

        _lastDataAt = now;
    }

    private bool IsZeroChecksumUsed => (_peer & PeerCapabilities.ZeroChecksum) != 0;

    private int Finish(Span<byte> packet, int length, uint tag, bool isZeroUsed)
    {
        WriteHeader(packet, length, tag, isZeroUsed);
        return CountSent(length);
    }

    private void WriteHeader(Span<byte> packet, int length, uint tag, bool isZeroUsed)
    {
        new CommonHeader(_options.LocalPort, _options.RemotePort, tag, 0).Write(packet);
        if (!isZeroUsed)
        {
            CommonHeader.WriteChecksum(packet[..length]);
        }
    }

    private int CountSent(int length)
    {
        _packetsSent++;
        _bytesSent += length;
        return length;
    }

    // A packet of its own, with a tag of its own; always with a checksum (RFC 9653 §5.2).
    private void SendAlone(ChunkType type, byte flags, scoped ReadOnlySpan<byte> value, uint tag)
    {
        var packet = new byte[CommonHeader.Length + ChunkReader.HeaderLength + Padding.RoundUp(value.Length)];
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        value.CopyTo(writer.Begin(type, flags, value.Length));
        QueuePacket(packet, writer.Position, tag);
    }

    private void QueuePacket(byte[] packet, int length, uint tag)
    {
        if (_packets.Count < MaxPacketsAlone && !_isDisposed)
        {
            WriteHeader(packet, length, tag, isZeroUsed: false);
            _packets.Enqueue(packet[..length]);
        }
    }

    private void QueueError(ErrorCauseCode code, scoped ReadOnlySpan<byte> information)
    {
        Span<byte> cause = stackalloc byte[4 + Padding.RoundUp(information.Length)];
        cause.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(cause, (ushort)code);
        BinaryPrimitives.WriteUInt16BigEndian(cause[2..], (ushort)(4 + information.Length));
        information.CopyTo(cause[4..]);
        QueueControl(ChunkType.Error, cause);
    }

    // A chunk for the next packet; dropped when a packet is full of such already.
    private void QueueControl(ChunkType type, scoped ReadOnlySpan<byte> value)
    {
        if (_control.Length == 0)
        {
            _control = new byte[_options.MaxPacketSize - CommonHeader.Length - ChunkReader.HeaderLength];
        }

        if (_control.Length - _controlLength >= ChunkReader.HeaderLength + Padding.RoundUp(value.Length))
        {
            var writer = new ChunkWriter(_control, _controlLength);
            value.CopyTo(writer.Begin(type, 0, value.Length));
            _controlLength = writer.Position;
        }
    }
}
