namespace Parley;

/// <summary>Options of an offer (webrtc-pc §4.2.6).</summary>
/// <remarks>RTCOfferOptions.</remarks>
public sealed record OfferOptions
{
    /// <summary>Whether the offer shall restart ICE: new credentials, new candidates.</summary>
    public bool IceRestart { get; init; }
}
