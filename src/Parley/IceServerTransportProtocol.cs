namespace Parley;

/// <summary>How a TURN server is spoken to (webrtc-pc §4.8.1.6, RFC 8656 §3.1).</summary>
/// <remarks>RTCIceServerTransportProtocol.</remarks>
public enum IceServerTransportProtocol
{
    /// <summary>Over UDP.</summary>
    Udp,

    /// <summary>Over TCP.</summary>
    Tcp,

    /// <summary>Over TLS.</summary>
    Tls,
}
