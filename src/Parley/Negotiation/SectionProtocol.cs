using Parley.Sdp;

namespace Parley;

/// <summary>
/// Which m= lines this implementation can accept at all (RFC 9429 §5.1.2). What a profile promises is decided by the fingerprint, not by
/// its name.
/// </summary>
internal static class SectionProtocol
{
    private const string Rtp = "RTP/";

    private static readonly string[] Sctp = ["UDP/DTLS/SCTP", "TCP/DTLS/SCTP", "DTLS/SCTP"];

    /// <summary>Whether the section's media and protocol are known; a section of another kind is rejected.</summary>
    public static bool IsSupported(MediaDescription media) => media.Kind switch
    {
        "audio" or "video" => IsRtp(media.Protocol),
        // Drafts before RFC 8841 named a port in place of the format, with an sctpmap or without.
        "application" => Sctp.Contains(media.Protocol, StringComparer.OrdinalIgnoreCase),
        _ => false,
    };

    // RFC 9429 §5.1.2 lists eight profiles of RTP, gateways know more; browsers take each of "RTP/", whatever carries it.
    private static bool IsRtp(string protocol) =>
        protocol.IndexOf(Rtp, StringComparison.OrdinalIgnoreCase) is >= 0 and var place
            && (place == 0 || !char.IsAsciiLetter(protocol[place - 1]));
}
