namespace Parley;

/// <summary>An offer, an answer or a rollback (webrtc-pc §4.6.2).</summary>
/// <remarks>RTCSessionDescription and RTCSessionDescriptionInit.</remarks>
/// <param name="Type">What it is.</param>
/// <param name="Sdp">Its text (RFC 8866, RFC 9429); empty for a rollback.</param>
public sealed record SessionDescription(SdpType Type, string Sdp = "");
