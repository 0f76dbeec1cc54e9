namespace Parley;

/// <summary>The state of one ICE transport (webrtc-pc §5.6.5).</summary>
/// <remarks>RTCIceTransportState.</remarks>
public enum IceTransportState
{
    /// <summary>It has not begun.</summary>
    New,

    /// <summary>It is checking candidate pairs, or waits for remote candidates.</summary>
    Checking,

    /// <summary>It has a working pair and goes on checking.</summary>
    Connected,

    /// <summary>It has a working pair and has finished checking.</summary>
    Completed,

    /// <summary>It misses answers to its consent checks; it may recover.</summary>
    Disconnected,

    /// <summary>It found no working pair, or consent expired.</summary>
    Failed,

    /// <summary>It has shut down.</summary>
    Closed,
}
