namespace Parley.Rtp;

/// <summary>Takes RTP payloads apart, by the payload format of one codec.</summary>
internal abstract class Depacketizer
{
    /// <summary>The depacketizer of a codec.</summary>
    public static Depacketizer For(RtpCodec codec) => codec.Name.ToUpperInvariant() switch
    {
        "VP8" => new Vp8Depacketizer(),
        "VP9" => new Vp9Depacketizer(),
        "AV1" => new Av1Depacketizer(),
        "H264" => new H264Depacketizer(),
        _ => new WholeDepacketizer(),
    };

    /// <summary>Whether a frame may take several packets and depend on frames before it.</summary>
    public virtual bool IsPicture => true;

    /// <summary>Whether each packet tells for sure if a frame begins with it.</summary>
    public virtual bool MarksFrameStart => true;

    /// <summary>Whether the codec's parameters that a decoder needs are not known: a key frame without them cannot be decoded.</summary>
    public virtual bool LacksParameters => false;

    /// <summary>Takes what the description says of the codec.</summary>
    public virtual void OnCodec(RtpCodec codec)
    {
    }

    /// <summary>Whether a frame surely begins with this payload.</summary>
    public abstract bool StartsFrame(ReadOnlySpan<byte> payload);

    /// <summary>Whether a frame surely ends with this payload, though it bears no marker.</summary>
    public virtual bool EndsFrame(ReadOnlySpan<byte> payload) => false;

    /// <summary>Appends what the payload adds to the frame. False: it is malformed, or the frame grew past the limit.</summary>
    public abstract bool TryAdd(ReadOnlySpan<byte> payload, FrameBuffer frame, int limit);

    /// <summary>Adds to a complete frame what a decoder needs that begins with it.</summary>
    public virtual void Finish(FrameBuffer frame, int limit)
    {
    }

    /// <summary>Whether nothing of a frame is missing whose last packet was added.</summary>
    public virtual bool IsWhole(ReadOnlySpan<byte> frame) => true;

    /// <summary>Whether decoding can begin with this complete frame, and its picture's size where the format tells it simply.</summary>
    public abstract bool IsKeyFrame(ReadOnlySpan<byte> frame, out int width, out int height);
}
