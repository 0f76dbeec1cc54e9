namespace Parley;

/// <summary>How a track is received (webrtc-pc §5.2.7).</summary>
/// <remarks>RTCRtpReceiveParameters.</remarks>
/// <param name="HeaderExtensions">The header extensions in use.</param>
/// <param name="Rtcp">RTCP.</param>
/// <param name="Codecs">The codecs the receiver is prepared to receive.</param>
public sealed record RtpReceiveParameters(
    IReadOnlyList<RtpHeaderExtensionParameters> HeaderExtensions,
    RtcpParameters Rtcp,
    IReadOnlyList<RtpCodecParameters> Codecs);
