namespace Parley.Ice;

/// <summary>How far gathering has come.</summary>
/// <remarks>W3C: <c>RTCIceGatheringState</c> (of a transport, <c>RTCIceGathererState</c>).</remarks>
public enum IceGatheringState
{
    /// <summary>Not begun.</summary>
    New,

    /// <summary>Candidates may still come.</summary>
    Gathering,

    /// <summary>All candidates are there.</summary>
    Complete,
}
