namespace Parley;

/// <summary>Whether RTCP must share its transport with RTP.</summary>
/// <remarks>RTCRtcpMuxPolicy; "negotiate" is at risk in the specification and not offered.</remarks>
public enum RtcpMuxPolicy
{
    /// <summary>It must.</summary>
    Require,
}
