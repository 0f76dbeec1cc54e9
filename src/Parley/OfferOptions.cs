namespace Parley;

/// <summary>Options of an offer (webrtc-pc §4.2.6).</summary>
/// <remarks>RTCOfferOptions.</remarks>
public sealed record OfferOptions
{
    /// <summary>Whether the offer shall restart ICE: new credentials, new candidates.</summary>
    public bool IceRestart { get; init; }

    /// <summary>
    /// Whether sound shall be received, whatever is sent (webrtc-pc §4.4.3.3, legacy): true adds a receiving transceiver when there is
    /// none, false takes receiving from those there are; null leaves all as it is.
    /// </summary>
    public bool? OfferToReceiveAudio { get; init; }

    /// <summary>Whether pictures shall be received, whatever is sent; as <see cref="OfferToReceiveAudio"/>.</summary>
    public bool? OfferToReceiveVideo { get; init; }
}
