using System.Text.Json.Serialization;

namespace Parley;

/// <summary>
/// A candidate as it is signaled (webrtc-pc §4.8.1.1). As JSON it is what a browser writes:
/// <c>{"candidate":"candidate:…","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"…"}</c>.
/// </summary>
/// <remarks>RTCIceCandidateInit.</remarks>
/// <param name="Candidate">The candidate attribute ("candidate:…", RFC 8839 §5.1); empty for the end of candidates.</param>
/// <param name="SdpMid">The mid of the section it belongs to.</param>
/// <param name="SdpMLineIndex">The index of the section it belongs to, from 0.</param>
/// <param name="UsernameFragment">The ICE user-name fragment of the generation it belongs to.</param>
[JsonConverter(typeof(IceCandidateInitJsonConverter))]
public record IceCandidateInit(string Candidate = "", string? SdpMid = null, ushort? SdpMLineIndex = null, string? UsernameFragment = null);
