using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Rtp;

/// <content>Putting packets in order, with a bounded wait for those that miss.</content>
public sealed partial class RtpInboundStream
{
    // The window in packets, before and after the next one to be handed up. It bounds memory and how far a NACK reaches back.
    private const int InitialWindow = 64;
    // A frame of the largest size has as many packets; otherwise none of it could be repaired.
    private const int MaxWindow = 4096;

    private const int LateInRowBeforeRestart = 64;
    private const int LateStep = 32;

    // How far a retransmission may run ahead of what came: a sender repeats its last packets unasked, to probe or because it fears for
    // them.
    private const int MaxRepairAhead = 16;

    private ReorderSlot[] _window = new ReorderSlot[InitialWindow];
    private bool _started;
    private long _next;
    private long _highest;
    private int _missing;
    private bool _gap;
    private int _lateInRow;
    private long _lastLate;
    private bool _waits;

    /// <summary>Takes a packet of the source itself.</summary>
    internal void Receive(in RtpPacketView packet, RtpCodec codec, Instant now)
    {
        if (!_reception.TryExtend(packet.SequenceNumber, out var sequence, out var restarted))
        {
            _statistics.PacketsDiscarded++;
            return;
        }

        if (restarted)
        {
            Restart();
        }

        if (Codec is null || Codec.ClockRate != codec.ClockRate || IsTelephoneEvent(codec))
        {
            _reception.ResetTransit();
        }

        // The packets of a tone share one timestamp: they say nothing of jitter.
        _reception.Count(sequence, packet.Timestamp, IsTelephoneEvent(codec) ? 0 : codec.ClockRate, now);
        CountReceived(packet, now);
        Accept(sequence.Value, packet.Packet, retransmitted: false, now);
    }

    /// <summary>
    /// Takes a packet of the retransmission stream (RFC 4588 §4), and makes in place the packet it repeats: the two bytes of the
    /// original number go, and what precedes them moves up.
    /// </summary>
    internal void ReceiveRetransmission(in RtpPacketView packet, Span<byte> bytes, RtpCodec codec, Instant now)
    {
        RtxReception ??= new ReceptionStatistics(packet.Ssrc);
        if (RtxReception.Source != packet.Ssrc)
        {
            RtxReception = new ReceptionStatistics(packet.Ssrc);
        }

        if (RtxReception.TryExtend(packet.SequenceNumber, out var rtx, out _))
        {
            RtxReception.Count(rtx, packet.Timestamp, clockRate: 0, now);
        }

        var payload = packet.Payload;
        CountReceived(packet, now);
        _statistics.RetransmittedPacketsReceived++;
        _statistics.RetransmittedBytesReceived += Math.Max(0, payload.Length - 2);
        if (payload.Length < 2 || !_started)
        {
            return;
        }

        var original = BinaryPrimitives.ReadUInt16BigEndian(payload);
        var header = packet.HeaderLength;
        bytes[..header].CopyTo(bytes[2..]);
        bytes = bytes[2..];
        bytes[1] = (byte)((bytes[1] & 0x80) | codec.PayloadType.Value);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], original);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Ssrc.Value);
        var sequence = new ExtendedSequenceNumber(_highest).Nearest(new SequenceNumber(original)).Value;
        if (sequence > _highest + MaxRepairAhead)
        {
            // Of another stream, most likely: by the payload type alone a retransmission is told to be of the only stream there is.
            _statistics.PacketsDiscarded++;
            return;
        }

        Accept(sequence, bytes, retransmitted: true, now);
    }

    /// <summary>Gives up on gaps whose time has come, and hands up what they held back.</summary>
    private void ReleaseOverdue(Instant now)
    {
        while (_missing > 0 && now >= HeadDeadline)
        {
            Skip(_next);
            Drain();
        }
    }

    /// <summary>When the gap that holds everything up is given up on.</summary>
    private Instant HeadDeadline
    {
        get
        {
            ref var head = ref Slot(_next);
            if (head.Sequence != _next || head.State != ReorderState.Missing)
            {
                return Instant.MaxValue;
            }

            var latest = head.At + ReorderDelay;
            return CanNack && head.Requests >= _session.Options.MaxNacksPerPacket
                ? Earlier(latest, head.RequestedAt + RequestSpacing)
                : latest;
        }
    }

    private TimeSpan ReorderDelay
    {
        get
        {
            var options = _session.Options;
            var least = TimeSpan.FromMilliseconds(20);
            if (Inbound.Options.JitterBufferTarget is { } target)
            {
                return target > least ? target : least;
            }

            if (CanNack)
            {
                return options.MaxRepairDelay;
            }

            // Four times the jitter covers all but rare stragglers.
            var jitter = Codec is { ClockRate: > 0 } ? TimeSpan.FromSeconds(4 * _reception.Jitter / Codec.ClockRate) : TimeSpan.Zero;
            jitter = jitter < least ? least : jitter;
            return jitter < options.MaxReorderDelay ? jitter : options.MaxReorderDelay;
        }
    }

    private static Instant Earlier(Instant left, Instant right) => left < right ? left : right;

    private ref ReorderSlot Slot(long sequence) => ref _window[(int)(sequence & (_window.Length - 1))];

    private void Accept(long sequence, ReadOnlySpan<byte> packet, bool retransmitted, Instant now)
    {
        if (!_started)
        {
            _started = true;
            _next = sequence;
            _highest = sequence - 1;
        }

        if (sequence < _next)
        {
            ref var past = ref Slot(sequence);
            var duplicate = past.Sequence == sequence && past.State == ReorderState.Released;
            _statistics.PacketsDuplicated += duplicate ? 1 : 0;
            _statistics.PacketsDiscarded += duplicate ? 0 : 1;
            if (duplicate || retransmitted || !SenderWentBack(sequence))
            {
                return;
            }

            Restart();
            Accept(sequence, packet, retransmitted, now);
            return;
        }

        _lateInRow = 0;

        while (sequence - _next >= _window.Length && TryWiden())
        {
        }

        while (sequence - _next >= _window.Length)
        {
            // The window is full: what has waited longest is given up on.
            if (_highest < _next)
            {
                _statistics.PacketsSkipped += sequence - _next;
                _next = sequence;
                _highest = sequence - 1;
                _gap = true;
                break;
            }

            if (!TryDeliverWaiting())
            {
                Skip(_next);
                Drain();
            }
        }

        for (var missing = _highest + 1; missing < sequence; missing++)
        {
            Slot(missing) = new ReorderSlot { Sequence = missing, State = ReorderState.Missing, At = now };
            _missing++;
            _nextNackAt = Instant.Earliest(_nextNackAt, now + _session.Options.NackDelay);
        }

        Place(sequence, packet, now);
    }

    /// <summary>
    /// Whether late packets have come one after the other for so long, and nothing else, that it is the number we wait for which
    /// is wrong: the sender began anew a little further back, or one packet led us astray. Some of them may be lost or out of order.
    /// </summary>
    private bool SenderWentBack(long sequence)
    {
        _lateInRow = Math.Abs(sequence - _lastLate) <= LateStep ? _lateInRow + 1 : 1;
        _lastLate = sequence;
        return _lateInRow >= LateInRowBeforeRestart;
    }

    private void Place(long sequence, ReadOnlySpan<byte> packet, Instant now)
    {
        ref var slot = ref Slot(sequence);
        var known = sequence <= _highest && slot.Sequence == sequence;
        if (known && slot.State == ReorderState.Stored)
        {
            _statistics.PacketsDuplicated++;
            return;
        }

        _highest = Math.Max(_highest, sequence);
        var handle = -1;
        if (sequence != _next && !_session.Slab.TryStore(packet, out handle))
        {
            // The store is full: the packet counts as missing, as if it had not come.
            _statistics.PacketsDiscarded++;
            if (!known)
            {
                slot = new ReorderSlot { Sequence = sequence, State = ReorderState.Missing, At = now };
                _missing++;
            }

            return;
        }

        if (known && slot.State == ReorderState.Missing)
        {
            _missing--;
            _statistics.PacketsRepaired += slot.Requests > 0 ? 1 : 0;
        }

        slot =
            new ReorderSlot { Sequence = sequence, State = ReorderState.Stored, At = now, Slot = handle, Length = (ushort)packet.Length };
        if (sequence == _next)
        {
            slot.State = ReorderState.Released;
            _next++;
            Deliver(packet, sequence, now);
            Drain();
        }
    }

    /// <summary>Goes on where <see cref="Drain"/> left off.</summary>
    internal void Resume()
    {
        _waits = false;
        Drain();

        // Gaps behind what waited may have become due in the meantime.
        ReleaseOverdue(_session.AdvancedAt);
    }

    /// <summary>Hands up the packets that are in order now, as far as somebody reads.</summary>
    private void Drain()
    {
        while (HasNext)
        {
            if (_session.IsBehind)
            {
                if (!_waits)
                {
                    _waits = true;
                    _session.Await(this);
                }

                return;
            }

            DeliverNext();
        }
    }

    private bool HasNext
    {
        get
        {
            ref var slot = ref Slot(_next);
            return _next <= _highest && slot.Sequence == _next && slot.State == ReorderState.Stored;
        }
    }

    private void DeliverNext()
    {
        ref var slot = ref Slot(_next);
        slot.State = ReorderState.Released;
        var (handle, length, arrivedAt, sequence) = (slot.Slot, slot.Length, slot.At, _next);
        _next++;
        Deliver(_session.Slab.Read(handle, length), sequence, arrivedAt);
        _session.Slab.Release(handle);
    }

    /// <summary>Nobody reads, and the window is full of packets in order: they are handed up all the same.</summary>
    private bool TryDeliverWaiting()
    {
        if (!HasNext)
        {
            return false;
        }

        DeliverNext();
        return true;
    }

    private void Skip(long sequence)
    {
        ref var slot = ref Slot(sequence);
        if (slot.State == ReorderState.Missing)
        {
            _missing--;
        }

        slot.State = ReorderState.Skipped;
        _statistics.PacketsSkipped++;
        _next = sequence + 1;
        _gap = true;
    }

    private bool TryWiden()
    {
        if (_window.Length >= MaxWindow || !_session.TryTakeSlots(_window.Length))
        {
            return false;
        }

        var wider = new ReorderSlot[_window.Length * 2];
        for (var sequence = Math.Max(0, _next - _window.Length / 2); sequence <= _highest; sequence++)
        {
            ref var slot = ref Slot(sequence);
            if (slot.Sequence == sequence)
            {
                wider[(int)(sequence & (wider.Length - 1))] = slot;
            }
        }

        _window = wider;
        return true;
    }

    /// <summary>Lets go of everything held.</summary>
    internal void Restart()
    {
        for (var i = 0; i < _window.Length; i++)
        {
            if (_window[i].State == ReorderState.Stored)
            {
                _session.Slab.Release(_window[i].Slot);
            }

            _window[i] = default;
        }

        _started = false;
        _missing = _lateInRow = 0;
        _gap = true;
        _hasTimestamp = _hasSenderReport = false;
    }

    private void CountReceived(in RtpPacketView packet, Instant now)
    {
        _statistics.PacketsReceived++;
        _statistics.BytesReceived += packet.Payload.Length;
        _statistics.HeaderBytesReceived += packet.HeaderLength + packet.PaddingLength;
        _statistics.LastPacketReceivedAt = now;
        HasTimedOut = HasSaidGoodbye = false;
    }
}
