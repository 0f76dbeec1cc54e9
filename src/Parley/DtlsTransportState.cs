namespace Parley;

/// <summary>The state of a DTLS transport (webrtc-pc §5.5.1).</summary>
/// <remarks>RTCDtlsTransportState.</remarks>
public enum DtlsTransportState
{
    /// <summary>The handshake has not begun.</summary>
    New,

    /// <summary>The handshake is under way.</summary>
    Connecting,

    /// <summary>The handshake has completed and the peer's certificate matches its fingerprint.</summary>
    Connected,

    /// <summary>It was closed, here or by the peer.</summary>
    Closed,

    /// <summary>The handshake failed.</summary>
    Failed,
}
