namespace Parley.Rtp;

/// <summary>One packet, one frame, as it is.</summary>
internal sealed class WholeDepacketizer : Depacketizer
{
    public override bool IsPicture => false;

    public override bool StartsFrame(ReadOnlySpan<byte> payload) => true;

    public override bool TryAdd(ReadOnlySpan<byte> payload, FrameBuffer frame, int limit) => frame.TryAppend(payload, limit);

    public override bool IsKeyFrame(ReadOnlySpan<byte> frame, out int width, out int height)
    {
        width = height = 0;
        return true;
    }
}
