using Parley.Sdp;

namespace Parley;

/// <summary>Which m= lines this implementation can accept at all (RFC 9429 §5.1.2).</summary>
internal static class SectionProtocol
{
    // "Any profile in the offer matching one of the following MUST be accepted". Encryption is decided by the fingerprint, not by the name.
    private static readonly string[] Rtp =
    [
        "RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF", "TCP/DTLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF",
    ];

    private static readonly string[] Sctp = ["UDP/DTLS/SCTP", "TCP/DTLS/SCTP", "DTLS/SCTP"];

    /// <summary>Whether the section's media and protocol are known; a section of another kind is rejected.</summary>
    public static bool IsSupported(MediaDescription media) => media.Kind switch
    {
        "audio" or "video" => Rtp.Contains(media.Protocol, StringComparer.OrdinalIgnoreCase),
        // Drafts before RFC 8841 named the port of an sctpmap in place of the format.
        "application" => Sctp.Contains(media.Protocol, StringComparer.OrdinalIgnoreCase) && (media.SctpMap is not null || media.Formats.Contains("webrtc-datachannel")),
        _ => false,
    };
}
