namespace Parley.Dtls;

/// <summary>How far an endpoint has come.</summary>
/// <remarks>W3C: <c>RTCDtlsTransportState</c>.</remarks>
public enum DtlsState
{
    /// <summary>Nothing has been sent or received.</summary>
    New,

    /// <summary>The handshake is under way, or it is done and the remote fingerprints are still to come.</summary>
    Connecting,

    /// <summary>The handshake is done and the remote certificate matches a fingerprint.</summary>
    Connected,

    /// <summary>Closed on purpose, by either side.</summary>
    Closed,

    /// <summary>Ended by an error: see the <see cref="DtlsEvent"/>.</summary>
    Failed,
}
