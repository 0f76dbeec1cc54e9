namespace Parley.Rtp;

/// <summary>
/// Cuts frames into RTP payloads, by the payload format of one codec. It keeps what the format counts from frame to frame.
/// </summary>
internal abstract class Packetizer
{
    /// <summary>The packetizer of a codec.</summary>
    public static Packetizer For(RtpCodec codec, Net.RandomSource random) => codec.Name.ToUpperInvariant() switch
    {
        "VP8" => new Vp8Packetizer((ushort)(random.NextUInt32() & 0x7FFF)),
        "VP9" => new Vp9Packetizer((ushort)(random.NextUInt32() & 0x7FFF), (byte)random.NextUInt32()),
        "AV1" => new Av1Packetizer(),
        "H264" => new H264Packetizer(),
        _ => new WholePacketizer(),
    };

    /// <summary>Begins a frame. False: the frame cannot be sent in payloads of this size.</summary>
    public abstract bool TryBegin(ReadOnlySpan<byte> frame, bool isKeyFrame, int maxPayload);

    /// <summary>Writes the frame's next payload and answers its length; 0 after the last.</summary>
    public abstract int Next(ReadOnlySpan<byte> frame, Span<byte> payload);

    /// <summary>Whether the payload written last ended the frame.</summary>
    public abstract bool AtEnd { get; }

    /// <summary>Whether the marker bit ends each frame, as it does for pictures.</summary>
    public virtual bool MarksFrameEnd => true;
}
