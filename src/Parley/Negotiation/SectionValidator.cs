using Parley.Sctp;
using Parley.Sdp;

namespace Parley;

/// <summary>What one section of a remote description must say (RFC 9429 §5.8.3, semantics verification). What this side rejects may say anything.</summary>
internal sealed class SectionValidator(SdpDocument document, MediaDescription media, int index)
{
    public void Check()
    {
        if (media.IsRejected || !SectionProtocol.IsSupported(media))
        {
            return;
        }

        // With a port of its own it is an address like any other (RFC 8843 §6); browsers take the attribute anywhere.
        if (media is { BundleOnly: true, Port: 0 } && (media.Mid is not { } name || document.BundleGroupOf(name) is null))
        {
            throw Invalid("is bundle-only and in no BUNDLE group");
        }

        // RFC 8843 §7.1.3: a bundled section may leave to the tagged one what they share.
        var tagged = document.TaggedSectionOf(media);
        CheckTransport(tagged);
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

        if (document.FingerprintsOf(tagged).Count == 0)
        {
            throw Invalid("has no certificate fingerprint");
        }

        // "holdconn" is no role that DTLS has. RFC 9429 §5.8.3 wants "A DTLS setup value"; without one browsers read an offer as actpass
        // and an answer as active.
        if (document.SetupOf(tagged) is SetupRole.HoldConn)
        {
            throw Invalid("has no DTLS role");
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
        if (codecs.FirstOrDefault(codec => codec.Is("rtx") && codec.AssociatedPayloadType is { } primary && !present.Contains(primary)) is { } orphan)
        {
            throw Invalid($"has an rtx format {orphan.PayloadType} for a payload type that it does not have");
        }
    }

    private RtcException Invalid(string fault) => DescriptionValidator.Invalid($"Section {index} {fault}.");
}
