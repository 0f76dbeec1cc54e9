namespace Parley;

/// <summary>What a transport or candidate carries (webrtc-pc §5.6.7). The values are the component ids of RFC 8839 §5.1.</summary>
/// <remarks>RTCIceComponent.</remarks>
public enum IceComponent
{
    /// <summary>RTP, and everything multiplexed with it.</summary>
    Rtp = 1,

    /// <summary>RTCP on a transport of its own.</summary>
    Rtcp = 2,
}
