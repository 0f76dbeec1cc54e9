namespace Parley;

/// <summary>How far the gathering of local candidates has come (webrtc-pc §4.3.2).</summary>
/// <remarks>RTCIceGatheringState, and RTCIceGathererState of a single transport.</remarks>
public enum IceGatheringState
{
    /// <summary>Gathering has not begun.</summary>
    New,

    /// <summary>Candidates are being gathered.</summary>
    Gathering,

    /// <summary>All candidates have been gathered.</summary>
    Complete,
}
