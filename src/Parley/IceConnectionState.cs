namespace Parley;

/// <summary>The aggregated state of all ICE transports (webrtc-pc §4.3.4).</summary>
/// <remarks>RTCIceConnectionState.</remarks>
public enum IceConnectionState
{
    /// <summary>No transport has begun.</summary>
    New,

    /// <summary>A transport is checking candidate pairs, or waits for remote candidates.</summary>
    Checking,

    /// <summary>All transports have a working pair.</summary>
    Connected,

    /// <summary>All transports have a working pair and have finished checking.</summary>
    Completed,

    /// <summary>A transport misses answers to its consent checks; it may recover.</summary>
    Disconnected,

    /// <summary>A transport has failed.</summary>
    Failed,

    /// <summary>The connection is closed.</summary>
    Closed,
}
