namespace Parley;

/// <summary>The transport protocol of a candidate (webrtc-pc §4.8.1.3).</summary>
/// <remarks>RTCIceProtocol.</remarks>
public enum IceProtocol
{
    /// <summary>UDP (RFC 8445).</summary>
    Udp,

    /// <summary>TCP (RFC 6544).</summary>
    Tcp,
}
