namespace Parley;

/// <summary>What to set as the local description; what is left out is inferred (webrtc-pc §4.6.2).</summary>
/// <remarks>RTCLocalSessionDescriptionInit.</remarks>
/// <param name="Type">Offer, answer, pranswer or rollback; null infers offer or answer from the signaling state.</param>
/// <param name="Sdp">The text as <see cref="PeerConnection.CreateOfferAsync"/> or <see cref="PeerConnection.CreateAnswerAsync"/> returned
/// it; empty to have it made.</param>
public sealed record LocalSessionDescriptionInit(SdpType? Type = null, string Sdp = "");
