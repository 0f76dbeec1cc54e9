namespace Parley;

/// <summary>The aggregated state of all ICE and DTLS transports (webrtc-pc §4.3.3).</summary>
/// <remarks>RTCPeerConnectionState.</remarks>
public enum PeerConnectionState
{
    /// <summary>No transport has begun, or there is none.</summary>
    New,

    /// <summary>A transport is connecting.</summary>
    Connecting,

    /// <summary>All transports are connected.</summary>
    Connected,

    /// <summary>An ICE transport is disconnected.</summary>
    Disconnected,

    /// <summary>An ICE or DTLS transport has failed.</summary>
    Failed,

    /// <summary>The connection is closed.</summary>
    Closed,
}
