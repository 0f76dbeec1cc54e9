using Parley.Sctp;
using Parley.Sdp;

namespace Parley;

/// <summary>
/// What one section of a remote description must say (RFC 9429 §5.8.3, semantics verification). What this side rejects may say anything.
/// </summary>
internal sealed class SectionValidator(SdpDocument document, MediaDescription media, int index)
{
    public void Check()
    {
        if (media.IsRejected || !SectionProtocol.IsSupported(media))
        {
            return;
        }

        // RFC 8843 §7.1.3: a bundled section may leave to the tagged one what they share.
        var tagged = document.TaggedSectionOf(media);
        CheckTransport(tagged);
        CheckTracks();
        // RFC 9143 §9.3: bundled sections multiplex RTCP; those that ride on another's transport need not say so.
        if (media.Kind != "application" && ReferenceEquals(media, tagged) && !media.RtcpMux)
        {
            throw Invalid("does not multiplex RTCP, which is required");
        }

        // draft-hancke-tsvwg-snap, both ways: "If the series of bytes is not a valid SCTP INIT chunk this results in an error."
        if (media.Kind == "application" && media.SctpInit is { } init && !SctpInit.TryParse(init, out _))
        {
            throw Invalid("has an sctp-init that is no INIT chunk");
        }

        CheckFormats();
    }

    private void CheckTransport(MediaDescription tagged)
    {
        if (document.IceCredentialsOf(tagged) is not { } credentials)
        {
            throw Invalid("has no ICE credentials");
        }

        // RFC 8839 §5.4: 4 to 256 and 22 to 256 characters.
        if (credentials.Ufrag.Length is < 4 or > 256 || credentials.Password.Length is < 22 or > 256)
        {
            throw Invalid("has ICE credentials that are too short or too long");
        }

        // RFC 8122 §5: "MUST NOT use the MD2 and MD5 hash functions". One of a hash function that nobody knows proves nothing either.
        if (!document.FingerprintsOf(tagged).Any(fingerprint =>
            fingerprint.HashFunction is "sha-1" or "sha-224" or "sha-256" or "sha-384" or "sha-512"))
        {
            throw Invalid("has no certificate fingerprint of a hash function that can be used");
        }

        // "holdconn" is no role that DTLS has. RFC 9429 §5.8.3 wants "A DTLS setup value"; without one browsers read an offer as actpass
        // and an answer as active.
        if (document.SetupOf(tagged) is SetupRole.HoldConn)
        {
            throw Invalid("has no DTLS role");
        }
    }

    // A section is of one track (RFC 9429 §3.4.1). Of several, as "Plan B" wrote them, all but one would be lost without a word; Chromium
    // refuses them too.
    private void CheckTracks()
    {
        var tracks = media.MediaStreamIds.Select(line => line.TrackId).OfType<string>().ToHashSet();
        if (media.MediaStreamIds.Count == 0)
        {
            tracks.UnionWith(
                media.SsrcDescriptions.Where(source => source.Cname is not null).Select(source => source.MediaStreamId?.TrackId)
                    .OfType<string>());
        }

        if (tracks.Count > 1)
        {
            throw Invalid("has more than one track");
        }
    }

    // RFC 9429 §5.10: "If any referenced primary payload types are not present, this MUST result in an error."
    private void CheckFormats()
    {
        if (media.Kind == "application")
        {
            return;
        }

        var codecs = CodecDescription.ReadFrom(media);

        // RFC 5761 §4: on one port with RTCP these would be taken for its packets.
        if (codecs.FirstOrDefault(codec => codec.PayloadType is >= 64 and <= 95) is { } clashing)
        {
            throw Invalid($"has the payload type {clashing.PayloadType}, which clashes with RTCP on the same port");
        }

        var present = codecs.Select(codec => codec.PayloadType).ToHashSet();
        if (codecs.FirstOrDefault(
            codec => codec.Is("rtx") && codec.AssociatedPayloadType is { } primary && !present.Contains(primary)) is { } orphan)
        {
            throw Invalid($"has an rtx format {orphan.PayloadType} for a payload type that it does not have");
        }
    }

    private RtcException Invalid(string fault) => DescriptionValidator.Invalid($"Section {index} {fault}.");
}
