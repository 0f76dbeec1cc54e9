namespace Parley;

/// <summary>A local and a remote candidate that are used together (webrtc-pc §5.6.4).</summary>
/// <remarks>RTCIceCandidatePair.</remarks>
/// <param name="Local">The local candidate.</param>
/// <param name="Remote">The remote candidate.</param>
public sealed record IceCandidatePair(IceCandidate Local, IceCandidate Remote);
