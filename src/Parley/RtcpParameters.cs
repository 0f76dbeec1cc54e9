namespace Parley;

/// <summary>RTCP of a sender or receiver (webrtc-pc §5.2.8).</summary>
/// <remarks>RTCRtcpParameters.</remarks>
/// <param name="Cname">The canonical name (RFC 3550 §6.5.1); null of a receiver, where the text leaves it out.</param>
/// <param name="ReducedSize">Whether reduced-size RTCP is in use (RFC 5506).</param>
public sealed record RtcpParameters(string? Cname, bool ReducedSize);
