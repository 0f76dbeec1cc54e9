namespace Parley;

/// <summary>A stream that is received (webrtc-pc §5.3).</summary>
/// <remarks>RTCRtpSynchronizationSource.</remarks>
public sealed record RtpSynchronizationSource : RtpContributingSource;
