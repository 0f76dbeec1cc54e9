using Parley.Net;

namespace Parley.Rtp;

/// <content>Sound with redundancy (RFC 2198): what was lost is taken from the packets after it.</content>
public sealed partial class RtpInboundStream
{
    private long? _handedUpTimestamp;
    private long _handedUpSequence;

    private static bool IsRedundancy(RtpCodec codec) => string.Equals(codec.Name, "red", StringComparison.OrdinalIgnoreCase);

    private void ReceiveRedundant(in RtpPacketView packet, long sequence, bool gap, Instant arrivedAt)
    {
        if (packet.Payload.IsEmpty)
        {
            // Padding alone.
            _lossPending |= gap;
            _handedUpSequence = sequence;
            return;
        }

        if (!RedundantBlocks.TryParse(packet.Payload, out var blocks) || SoundCodec(blocks.PrimaryType) is not { } codec)
        {
            _statistics.PacketsDiscarded++;
            _lossPending |= gap;
            return;
        }

        if (Codec != codec)
        {
            OnCodec(codec);
        }

        var extended = Extend(packet.Timestamp);
        var missing = gap ? sequence - _handedUpSequence - 1 : 0;
        var recoverable = gap ? CountRecoverable(blocks, extended) : 0;
        var surplus = recoverable - Math.Max(0, missing);
        _lossPending |= gap && (missing <= 0 || recoverable < missing);
        missing = Math.Min(missing, recoverable);
        for (var isDone = false; !isDone && blocks.TryRead(out var type, out var offset, out var data);)
        {
            // The packet's own block is the last and has no offset.
            isDone = offset == 0;
            if (isDone && type == blocks.PrimaryType && !data.IsEmpty)
            {
                HandUpSound(packet, codec, data, sequence, extended, true, arrivedAt);
            }
            else if (gap && IsRecoverable(type, offset, data, extended) && surplus-- <= 0)
            {
                // Each block is the payload of one packet.
                HandUpSound(packet, codec, data, sequence - missing, extended - offset, false, arrivedAt);
                missing--;
            }
        }

        _handedUpSequence = sequence;
    }

    /// <summary>What a block may hold: sound that is a frame by itself, in no further wrapping.</summary>
    private RtpCodec? SoundCodec(PayloadType type) =>
        Inbound.Codec(type, out var isRtx) is { } codec && !isRtx && !IsRedundancy(codec) && !IsTelephoneEvent(codec) ? codec : null;

    private bool IsRecoverable(PayloadType type, int offset, ReadOnlySpan<byte> data, long extended) =>
        offset > 0 && !data.IsEmpty && extended - offset > _handedUpTimestamp && SoundCodec(type) == Codec;

    private int CountRecoverable(RedundantBlocks blocks, long extended)
    {
        var count = 0;
        while (blocks.TryRead(out var type, out var offset, out var data))
        {
            count += IsRecoverable(type, offset, data, extended) ? 1 : 0;
        }

        return count;
    }

    private void HandUpSound(
        in RtpPacketView packet, RtpCodec codec, ReadOnlySpan<byte> data, long sequence, long extendedTimestamp, bool isPrimary,
        Instant arrivedAt)
    {
        var frame = _session.RentFrame();
        frame.Begin();
        frame.Buffer.TryAppend(data, int.MaxValue);
        frame.Codec = codec;
        frame.Timestamp = new RtpTimestamp((uint)extendedTimestamp);
        frame.ExtendedTimestamp = extendedTimestamp;
        frame.SequenceNumber = new ExtendedSequenceNumber(sequence);
        frame.PacketCount = 1;
        frame.ArrivedAt = arrivedAt;
        frame.IsKeyFrame = frame.IsDecodable = true;
        if (isPrimary)
        {
            frame.Marker = packet.Marker;
            ReadExtensions(packet, frame);
        }

        HandUp(frame, RtpEventKind.FrameReceived);
    }
}
