namespace Parley;

/// <summary>A codec with the payload type negotiated for it (webrtc-pc §5.2.11).</summary>
/// <remarks>RTCRtpCodecParameters.</remarks>
public sealed record RtpCodecParameters : RtpCodec
{
    /// <summary>The payload type, 0 to 127.</summary>
    public required int PayloadType { get; init; }
}
