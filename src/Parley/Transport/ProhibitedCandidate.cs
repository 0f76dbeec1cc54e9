using System.Net;
using Parley.Sdp;

namespace Parley;

/// <summary>
/// Candidates that are administratively prohibited (webrtc-pc §4.4.2, addIceCandidate): taken without a word and never connected to,
/// "exactly as if there was no response from the address".
/// </summary>
internal static class ProhibitedCandidate
{
    // The ports of Fetch's "block bad port": services that a peer could make us talk to in another's name.
    private static readonly HashSet<int> BadPorts =
    [
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115,
        117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587,
        601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
        6697, 10080,
    ];

    public static bool Is(CandidateAttribute candidate, IceTransportPolicy policy) =>
        BadPorts.Contains(candidate.Port)

        // "If the iceTransportPolicy member is relay, candidates requiring external resolution, such as mDNS candidates and DNS candidates,
        // MUST be prohibited."
        || (policy == IceTransportPolicy.Relay && !IPAddress.TryParse(candidate.Address, out _));
}
