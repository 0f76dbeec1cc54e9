using Parley.Dtls;
using Parley.Sdp;

namespace Parley;

/// <summary>What negotiation reads from descriptions, with the defaults of RFC 9429.</summary>
internal static class SdpReading
{
    public static bool SupportsTrickle(this SdpDocument document) =>
        document.IceOptions.Contains("trickle")
            || (document.Media.Count > 0
                && document.Media.All(media => media.IsRejected || document.IceOptionsOf(media).Contains("trickle")));

    public static (string Ufrag, string Password)? IceCredentialsOf(this SdpDocument document, MediaDescription media) =>
        document.IceUfragOf(media) is { } ufrag && document.IcePwdOf(media) is { } password ? (ufrag, password) : null;

    /// <summary>
    /// The section that speaks for the transport of a bundled one; itself when it is in no group (RFC 8843 §7.1.3). A group may name
    /// rejected sections first, though it
    /// must not.
    /// </summary>
    public static MediaDescription TaggedSectionOf(this SdpDocument document, MediaDescription media) =>
        media.Mid is { } mid && document.BundleGroupOf(mid) is { } group
            ? group.Select(document.MediaByMid).FirstOrDefault(section => section is { IsRejected: false }) ?? media
            : media;

    /// <summary>
    /// The extensions of a section that can be numbered as they stand (RFC 8285 §4.2, §4.3): 15 means nothing, and above 255 nothing fits.
    /// </summary>
    public static IEnumerable<ExtMap> UsableExtMapsOf(this SdpDocument document, MediaDescription media) =>
        document.ExtMapsOf(media).Where(extension => extension.Id is >= 1 and <= 255 and not 15).DistinctBy(extension => extension.Uri);

    /// <summary>What an extension means: of one that is encrypted, that which is (RFC 6904 §4).</summary>
    public static string EffectiveUri(this ExtMap extension) =>
        extension is { Uri: "urn:ietf:params:rtp-hdrext:encrypt", ExtensionAttributes: { } inner } ? inner.Split(' ')[0] : extension.Uri;

    public static IEnumerable<(string Ufrag, string Password)> AllIceCredentials(this SdpDocument document) =>
        document.Media.Select(media => document.IceCredentialsOf(media)).OfType<(string, string)>();

    public static IReadOnlyList<CertificateFingerprint> CertificateFingerprintsOf(this SdpDocument document, MediaDescription media) =>
        [.. document.FingerprintsOf(media).Select(fingerprint =>
            new CertificateFingerprint(fingerprint.HashFunction, fingerprint.Bytes.ToArray()))];

    /// <summary>The direction from the view of the side that wrote the description; a rejected section goes neither way.</summary>
    public static RtpTransceiverDirection TransceiverDirectionOf(this SdpDocument document, MediaDescription media) => media.IsRejected
        ? RtpTransceiverDirection.Inactive
        : document.DirectionOf(media) switch
        {
            MediaDirection.SendOnly => RtpTransceiverDirection.SendOnly,
            MediaDirection.RecvOnly => RtpTransceiverDirection.RecvOnly,
            MediaDirection.Inactive => RtpTransceiverDirection.Inactive,
            _ => RtpTransceiverDirection.SendRecv,
        };

    /// <summary>Whether the section of a mid is rejected.</summary>
    public static bool IsRejected(this SdpDocument document, string mid) => document.MediaByMid(mid) is { IsRejected: true };

    /// <summary>
    /// The streams a remote track belongs to (RFC 9429 §5.10): those of the msid lines, or of ssrc lines as older peers write them;
    /// none when the only line says "-"; null when there is no line at all.
    /// </summary>
    public static IReadOnlyList<string>? RemoteStreamIds(this MediaDescription media)
    {
        var lines = media.MediaStreamIds;
        if (lines.Count == 0)
        {
            lines =
                [.. media.SsrcDescriptions.Select(description => description.MediaStreamId).OfType<MediaStreamIdAttribute>().Distinct()];
        }

        return lines.Count == 0
            ? null
            : [.. lines.Select(line => line.StreamId).Where(id => id != MediaStreamIdAttribute.NoStream).Distinct()];
    }

    /// <summary>The stream ids of the msid lines, sorted.</summary>
    public static IEnumerable<string> MsidStreamIds(this MediaDescription media) =>
        media.MediaStreamIds.Select(line => line.StreamId).Where(id => id != MediaStreamIdAttribute.NoStream).Distinct().Order();

    /// <summary>Adds a local candidate to its section, whose m= and c= lines show the default one. False: it is there already.</summary>
    public static bool AddGathered(this MediaDescription media, CandidateAttribute candidate)
    {
        if (media.Candidates.Contains(candidate))
        {
            return false;
        }

        media.AddCandidate(candidate);
        media.UseAsDefaultIfBetter(candidate);
        return true;
    }

    /// <summary>RFC 9429 §5.2.1: the m= and c= lines show the default candidate, the one a peer without ICE would use.</summary>
    private static void UseAsDefaultIfBetter(this MediaDescription media, CandidateAttribute candidate)
    {
        if (candidate.Component != 1 || media.Port == 0)
        {
            return;
        }

        var present = media.Candidates.FirstOrDefault(other => other.Port == media.Port && other.Address == media.Connection?.Address);
        if (present is null || Rank(candidate) > Rank(present))
        {
            media.Port = candidate.Port;
            media.Connection = new SdpConnection(
                candidate.Address, candidate.Address.Contains(':', StringComparison.Ordinal) ? "IP6" : "IP4");
        }

        // A server's view of this machine is of more use than the machine's own, which may be private.
        static int Rank(CandidateAttribute candidate) => candidate.Type switch { "relay" => 3, "srflx" => 2, _ => 1 };
    }

    /// <summary>
    /// The encodings that a section names for simulcast. None without the header extension that carries a rid (RFC 8852 §3.3), at the
    /// section or the session: no packet could say which encoding it is of, so that there is one, without a name.
    /// </summary>
    public static IReadOnlyList<string> SimulcastRidsOf(this SdpDocument document, MediaDescription media, bool toReceive) =>
        document.UsableExtMapsOf(media).Any(extension => extension.Uri == CodecCatalog.RidExtension) ? media.SimulcastRids(toReceive) : [];

    /// <summary>
    /// The rids of the first alternatives that the section offers to receive, or to send, each once (RFC 8853 §5.1). One without a line of
    /// its own, which RFC 9429 §5.8.3 has refused, is left out as browsers do.
    /// </summary>
    public static IReadOnlyList<string> SimulcastRids(this MediaDescription media, bool toReceive)
    {
        var simulcast = media.Simulcast;
        if (simulcast is null)
        {
            return [];
        }

        var streams = toReceive ? simulcast.Receive : simulcast.Send;
        var described = media.Rids.Where(rid => rid.Direction == (toReceive ? MediaDirection.RecvOnly : MediaDirection.SendOnly))
            .Select(rid => rid.Id).ToHashSet();
        return [.. streams.Where(alternatives => alternatives.Count > 0).Select(alternatives => alternatives[0].Rid)
            .Where(described.Contains).Distinct()];
    }

    /// <summary>The ways a header extension is used, seen from who wrote the line (RFC 8285 §5).</summary>
    public static RtpTransceiverDirection TransceiverDirection(this ExtMap extension) => extension.Direction switch
    {
        MediaDirection.SendOnly => RtpTransceiverDirection.SendOnly,
        MediaDirection.RecvOnly => RtpTransceiverDirection.RecvOnly,
        MediaDirection.Inactive => RtpTransceiverDirection.Inactive,
        _ => RtpTransceiverDirection.SendRecv,
    };

    public static RtpTransceiverDirection Reverse(this RtpTransceiverDirection direction) => direction switch
    {
        RtpTransceiverDirection.SendOnly => RtpTransceiverDirection.RecvOnly,
        RtpTransceiverDirection.RecvOnly => RtpTransceiverDirection.SendOnly,
        _ => direction,
    };

    public static RtpTransceiverDirection Intersect(this RtpTransceiverDirection left, RtpTransceiverDirection right) =>
        (left.Sends() && right.Sends(), left.Receives() && right.Receives()) switch
        {
            (true, true) => RtpTransceiverDirection.SendRecv,
            (true, false) => RtpTransceiverDirection.SendOnly,
            (false, true) => RtpTransceiverDirection.RecvOnly,
            _ => RtpTransceiverDirection.Inactive,
        };

    public static bool Sends(this RtpTransceiverDirection direction) =>
        direction is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.SendOnly;

    public static bool Receives(this RtpTransceiverDirection direction) =>
        direction is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.RecvOnly;

    public static bool Sends(this RtpTransceiverDirection? direction) => direction?.Sends() ?? false;

    public static bool Receives(this RtpTransceiverDirection? direction) => direction?.Receives() ?? false;
}
