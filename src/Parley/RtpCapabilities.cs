namespace Parley;

/// <summary>What this implementation can send or receive of a kind of media (webrtc-pc §5.2.13).</summary>
/// <remarks>RTCRtpCapabilities.</remarks>
/// <param name="Codecs">The codecs.</param>
/// <param name="HeaderExtensions">The header extensions.</param>
public sealed record RtpCapabilities(IReadOnlyList<RtpCodec> Codecs, IReadOnlyList<RtpHeaderExtensionCapability> HeaderExtensions);
