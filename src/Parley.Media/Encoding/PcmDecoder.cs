namespace Parley.Media;

/// <summary>Raw sound needs no decoding.</summary>
internal sealed class PcmDecoder(MediaFormat format) : AudioDecoder
{
    public override MediaFormat Format => format;

    public override void Decode(in MediaFrame frame, FrameHandler decoded) => decoded(frame);

    public override void Dispose()
    {
    }
}
