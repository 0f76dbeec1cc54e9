using System.Text.Json.Serialization;

namespace Parley;

/// <summary>
/// An offer, an answer or a rollback (webrtc-pc §4.6.2). As JSON it is what a browser writes: <c>{"type":"offer","sdp":"…"}</c>.
/// </summary>
/// <remarks>RTCSessionDescription and RTCSessionDescriptionInit.</remarks>
/// <param name="Type">What it is.</param>
/// <param name="Sdp">Its text (RFC 8866, RFC 9429); empty for a rollback.</param>
[JsonConverter(typeof(SessionDescriptionJsonConverter))]
public sealed record SessionDescription(SdpType Type, string Sdp = "");
