namespace Parley;

/// <summary>What a description is in the exchange (webrtc-pc §4.6.1).</summary>
/// <remarks>RTCSdpType.</remarks>
public enum SdpType
{
    /// <summary>An offer.</summary>
    Offer,

    /// <summary>A provisional answer.</summary>
    Pranswer,

    /// <summary>The final answer.</summary>
    Answer,

    /// <summary>Not a description: it takes the pending offer back.</summary>
    Rollback,
}
