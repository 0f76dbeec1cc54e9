namespace Parley;

/// <summary>A candidate with what only the side that gathered it knows (webrtc-pc §4.8.1.1).</summary>
/// <remarks>RTCLocalIceCandidateInit.</remarks>
/// <param name="Candidate">The candidate attribute ("candidate:…", RFC 8839 §5.1); empty for the end of candidates.</param>
/// <param name="SdpMid">The mid of the section it belongs to.</param>
/// <param name="SdpMLineIndex">The index of the section it belongs to, from 0.</param>
/// <param name="UsernameFragment">The ICE user-name fragment of the generation it belongs to.</param>
public sealed record LocalIceCandidateInit(
    string Candidate = "", string? SdpMid = null, ushort? SdpMLineIndex = null, string? UsernameFragment = null)
    : IceCandidateInit(Candidate, SdpMid, SdpMLineIndex, UsernameFragment)
{
    /// <summary>Of a relayed candidate, how the server is spoken to; else null.</summary>
    public IceServerTransportProtocol? RelayProtocol { get; init; }

    /// <summary>Of a reflexive or relayed candidate, the URL of the server it was gathered from; else null.</summary>
    public string? Url { get; init; }
}
