namespace Parley.Rtp;

/// <summary>VP8 out of RTP (RFC 7741 §4.5).</summary>
internal sealed class Vp8Depacketizer : Depacketizer
{
    public override bool StartsFrame(ReadOnlySpan<byte> payload) =>
        Vp8PayloadDescriptor.TryParse(payload, out var descriptor) && descriptor.StartsFrame;

    public override bool TryAdd(ReadOnlySpan<byte> payload, FrameBuffer frame, int limit) =>
        Vp8PayloadDescriptor.TryParse(payload, out var descriptor) && payload.Length > descriptor.Length
            && frame.TryAppend(payload[descriptor.Length..], limit);

    // RFC 6386 §9.1: the frame tag's lowest bit is 0 in key frames; then a start code and 14 bits each of width and height.
    public override bool IsKeyFrame(ReadOnlySpan<byte> frame, out int width, out int height)
    {
        width = height = 0;
        if (frame.Length < 10 || (frame[0] & 1) != 0 || frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A)
        {
            return false;
        }

        width = (frame[6] | frame[7] << 8) & 0x3FFF;
        height = (frame[8] | frame[9] << 8) & 0x3FFF;
        return true;
    }
}
