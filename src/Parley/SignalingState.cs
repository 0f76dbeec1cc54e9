namespace Parley;

/// <summary>Where the exchange of descriptions stands (webrtc-pc §4.3.1).</summary>
/// <remarks>RTCSignalingState.</remarks>
public enum SignalingState
{
    /// <summary>No exchange is under way.</summary>
    Stable,

    /// <summary>A local offer has been set.</summary>
    HaveLocalOffer,

    /// <summary>A remote offer has been set.</summary>
    HaveRemoteOffer,

    /// <summary>A remote offer and a provisional local answer have been set.</summary>
    HaveLocalPranswer,

    /// <summary>A local offer and a provisional remote answer have been set.</summary>
    HaveRemotePranswer,

    /// <summary>The connection is closed.</summary>
    Closed,
}
