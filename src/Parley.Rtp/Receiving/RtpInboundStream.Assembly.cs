using Parley.Net;

namespace Parley.Rtp;

/// <content>Putting packets that are in order together to frames.</content>
public sealed partial class RtpInboundStream
{
    private Depacketizer? _depacketizer;
    private ReceivedFrame? _open;
    private bool _awaitsStart = true;
    private RtpTimestamp? _awaitedPast;
    private bool _lossPending;
    private VideoOrientation? _orientation;
    private bool _broken = true;
    private bool _askedForParameters;

    /// <summary>Takes the next packet in order; parsing succeeds, since it did when it came.</summary>
    private void Deliver(ReadOnlySpan<byte> bytes, long sequence, Instant arrivedAt)
    {
        var gap = _gap;
        _gap = false;
        if (!RtpPacketView.TryParse(bytes, out var packet, out _) || Inbound.Codec(packet.PayloadType, out _) is not { } codec)
        {
            _statistics.PacketsDiscarded++;
            OnGap(packet, arrivedAt);
            return;
        }

        if (IsTelephoneEvent(codec) && !Inbound.Options.DeliverPackets)
        {
            _lossPending |= gap;
            ReceiveEvent(packet, codec, arrivedAt);
            return;
        }

        if (IsRedundancy(codec) && !Inbound.Options.DeliverPackets)
        {
            ReceiveRedundant(packet, sequence, gap, arrivedAt);
            return;
        }

        if (IsComfortNoise(codec) && !Inbound.Options.DeliverPackets)
        {
            // It stands in for the codec's silence: the codec goes on where it was (RFC 3389 §4).
            _lossPending |= gap;
            HandUpSound(packet, codec, packet.Payload, sequence, Extend(packet.Timestamp), true, arrivedAt);
            return;
        }

        if (Codec != codec)
        {
            OnCodec(codec);
        }

        var extended = Extend(packet.Timestamp);
        if (Inbound.Options.DeliverPackets)
        {
            _lossPending |= gap;
            DeliverPacket(packet, sequence, extended, arrivedAt);
            return;
        }

        if (gap)
        {
            OnGap(packet, arrivedAt);
        }

        if (!packet.Payload.IsEmpty)
        {
            Assemble(packet, sequence, extended, arrivedAt);
        }
    }

    private static bool IsComfortNoise(RtpCodec codec) => string.Equals(codec.Name, "CN", StringComparison.OrdinalIgnoreCase);

    private void OnCodec(RtpCodec codec)
    {
        DropOpen();
        if (_depacketizer is null || Codec is null || !string.Equals(codec.Name, Codec.Name, StringComparison.OrdinalIgnoreCase))
        {
            _depacketizer = Depacketizer.For(codec);
            _broken = _awaitsStart = true;
            _awaitedPast = null;
        }

        _depacketizer.OnCodec(codec);
        Codec = codec;
    }

    private void OnGap(in RtpPacketView packet, Instant now)
    {
        _lossPending = true;
        if (_depacketizer is not { IsPicture: true })
        {
            return;
        }

        DropOpen();
        _awaitsStart = true;
        _awaitedPast = packet.Packet.IsEmpty ? null : packet.Timestamp;
        _broken = true;
        NeedKeyFrame();
    }

    private void Assemble(in RtpPacketView packet, long sequence, long extendedTimestamp, Instant arrivedAt)
    {
        if (_open is not null && _open.Timestamp != packet.Timestamp)
        {
            // The frame before ended without a marker; nothing of it is missing, since the packets are in order.
            Complete(arrivedAt);
        }

        if (_open is null && !TryOpen(packet, sequence, extendedTimestamp, arrivedAt))
        {
            return;
        }

        var frame = _open!;
        var held = frame.Buffer.Capacity;
        var isAdded = _depacketizer!.TryAdd(packet.Payload, frame.Buffer, _session.Options.MaxFrameSize);
        _session.OpenBytes += frame.Buffer.Capacity - held;
        if (!isAdded)
        {
            _statistics.PacketsDiscarded++;
            OnGap(packet, arrivedAt);
            return;
        }

        _session.KeepWithinMemory(arrivedAt);
        if (_open is null)
        {
            return;
        }

        frame.PacketCount++;
        frame.Marker = packet.Marker;
        OnArrival(frame, arrivedAt);
        ReadExtensions(packet, frame);
        if (packet.Marker || !_depacketizer.IsPicture || _depacketizer.EndsFrame(packet.Payload))
        {
            Complete(arrivedAt);
        }
    }

    private bool TryOpen(in RtpPacketView packet, long sequence, long extendedTimestamp, Instant now)
    {
        var starts = _depacketizer!.StartsFrame(packet.Payload);
        if (!starts && (_depacketizer.MarksFrameStart || (_awaitsStart && (_awaitedPast is null || _awaitedPast == packet.Timestamp))))
        {
            // In the middle of a frame whose beginning is lost.
            _awaitedPast ??= packet.Timestamp;
            _awaitsStart = _broken = _lossPending = true;
            _statistics.PacketsDiscarded++;
            NeedKeyFrame();
            return false;
        }

        _awaitsStart = false;
        _open = _session.RentFrame();
        _session.OpenBytes += _open.Buffer.Capacity;
        _open.Begin();
        _open.Codec = Codec!;
        _open.Timestamp = packet.Timestamp;
        _open.ExtendedTimestamp = extendedTimestamp;
        _open.SequenceNumber = new ExtendedSequenceNumber(sequence);
        return true;
    }

    private void Complete(Instant now)
    {
        var frame = _open!;
        if (!_depacketizer!.IsWhole(frame.Buffer.Span))
        {
            // It ends in the middle of a fragment: the sender's fault, since no packet is missing.
            DropOpen();
            _lossPending = _broken = true;
            NeedKeyFrame();
            return;
        }

        _open = null;
        _session.OpenBytes -= frame.Buffer.Capacity;
        if (frame.Buffer.Length == 0)
        {
            // Nothing in it that means anything.
            _session.ReturnFrame(frame);
            return;
        }

        _depacketizer.Finish(frame.Buffer, _session.Options.MaxFrameSize);
        frame.IsKeyFrame = _depacketizer.IsKeyFrame(frame.Buffer.Span, out var width, out var height);
        (frame.Width, frame.Height) = (width, height);
        if (frame.IsKeyFrame)
        {
            _broken = false;
            OnKeyFrame();
            _statistics.KeyFramesReceived += _depacketizer.IsPicture ? 1 : 0;
            if (_depacketizer.LacksParameters && !_askedForParameters)
            {
                // Its beginning may be lost, or come another way: once is enough.
                _askedForParameters = true;
                WantKeyFrame();
            }
        }
        else if (_broken)
        {
            NeedKeyFrame();
        }

        frame.IsDecodable = !_broken;
        HandUp(frame, RtpEventKind.FrameReceived);
    }

    private void DeliverPacket(in RtpPacketView packet, long sequence, long extendedTimestamp, Instant arrivedAt)
    {
        var frame = _session.RentFrame();
        frame.Begin();
        frame.Buffer.TryAppend(packet.Payload, int.MaxValue);
        frame.Codec = Codec!;
        frame.Timestamp = packet.Timestamp;
        frame.ExtendedTimestamp = extendedTimestamp;
        frame.SequenceNumber = new ExtendedSequenceNumber(sequence);
        frame.PacketCount = 1;
        frame.Marker = packet.Marker;
        OnArrival(frame, arrivedAt);
        frame.IsDecodable = true;
        ReadExtensions(packet, frame);
        HandUp(frame, RtpEventKind.PacketReceived);
    }

    private void HandUp(ReceivedFrame frame, RtpEventKind kind)
    {
        frame.FollowsLoss = _lossPending;
        frame.CapturedAt = TryMapToNtp(frame.ExtendedTimestamp, out var time) ? time : null;
        SetCaptureTime(frame);
        _lossPending = false;
        (_handedUpTimestamp, _handedUpSequence) = (frame.ExtendedTimestamp, frame.SequenceNumber.Value + frame.PacketCount - 1);
        if (_session.Raise(new RtpEvent { Kind = kind, Stream = this, Frame = frame }))
        {
            _statistics.FramesReceived += kind == RtpEventKind.FrameReceived ? 1 : 0;
            return;
        }

        // Nobody reads: what refers to this frame cannot be decoded.
        _session.ReturnFrame(frame);
        _statistics.FramesDropped++;
        _lossPending = true;
        _broken |= _depacketizer is { IsPicture: true };
    }

    private static void OnArrival(ReceivedFrame frame, Instant at)
    {
        frame.ArrivedAt = at;
        frame.FirstArrivedAt = frame.PacketCount == 1 || at < frame.FirstArrivedAt ? at : frame.FirstArrivedAt;
        frame.LastArrivedAt = frame.PacketCount == 1 || at > frame.LastArrivedAt ? at : frame.LastArrivedAt;
    }

    private void ReadExtensions(in RtpPacketView packet, ReceivedFrame frame)
    {
        if (packet.Extensions.TryFind(Inbound.Options.Extensions.AudioLevel, out var level) && level.Length >= 1)
        {
            frame.AudioLevel = (byte)(level[0] & 0x7F);
            frame.VoiceActivity = (level[0] & 0x80) != 0;
        }

        // It holds until it is told anew; a frame has what its last packet says.
        if (packet.Extensions.TryFind(Inbound.Options.Extensions.VideoOrientation, out var orientation) && orientation.Length >= 1)
        {
            _orientation = VideoOrientation.FromByte(orientation[0]);
        }

        frame.Orientation = _orientation;
        ReadCaptureTime(packet, frame);
        if (packet.ContributingSourceCount > 0)
        {
            packet.Extensions.TryFind(Inbound.Options.Extensions.MixerAudioLevel, out var levels);
            frame.AddContributingSources(packet, levels);
        }
    }

    /// <summary>Bytes of the frame that has begun; -1 when none has.</summary>
    internal long OpenLength => _open?.Buffer.Length ?? -1;

    /// <summary>Lets go of the frame that has begun, to save memory: as if its packets were lost.</summary>
    internal void DropOpen(Instant now)
    {
        var timestamp = _open?.Timestamp;
        OnGap(default, now);
        _awaitedPast = timestamp;
    }

    private void DropOpen()
    {
        if (_open is { } frame)
        {
            _open = null;
            _session.OpenBytes -= frame.Buffer.Capacity;
            _session.ReturnFrame(frame);
            _statistics.FramesDropped++;
        }
    }

    /// <summary>Lets go of everything held, for good.</summary>
    internal void Release()
    {
        Restart();
        DropOpen();
        _session.ReturnSlots(_window.Length - InitialWindow);
        _window = new ReorderSlot[InitialWindow];
    }
}
