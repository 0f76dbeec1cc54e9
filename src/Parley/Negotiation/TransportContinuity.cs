using Parley.Sdp;

namespace Parley;

/// <summary>
/// What a description of the peer's may not change of a transport in use: in an offer, the role of a DTLS association that goes on
/// (RFC 9429 §5.11); the INIT of an SCTP association that goes on. ICE credentials and fingerprints may change at any time, as with
/// browsers. An answer's role is not judged: an association that goes on keeps its own (docs/decisions/0008-dtls-role.md).
/// </summary>
internal sealed class TransportContinuity(PeerConnection connection, SdpDocument document, bool isOffer)
{
    private readonly List<PeerTransport> _seen = [];

    public void Check()
    {
        for (var i = 0; i < document.Media.Count; i++)
        {
            CheckSctp(i, document.Media[i]);

            // A section that rides on another's transport says nothing of it that counts.
            var media = document.Media[i];
            if (media.IsRejected || !SectionProtocol.IsSupported(media) || !ReferenceEquals(media, document.TaggedSectionOf(media)))
            {
                continue;
            }

            var transport = isOffer ? connection.TransportToGoOn(document, i, _seen) : connection.OfferedSections[i].Transport;
            if (transport?.RemoteCredentials is null)
            {
                continue;
            }

            _seen.Add(transport);
            CheckAssociation(i, media, transport);
        }
    }

    // draft-hancke-tsvwg-snap: another INIT comes with another SCTP or DTLS association. "Attempting to add an sctp-init attribute to an
    // existing SCTP association results in an error."
    private void CheckSctp(int index, MediaDescription media)
    {
        if (media.IsRejected || media.Kind != "application" || !SectionProtocol.IsSupported(media))
        {
            return;
        }

        // An answer that bundles the section moves it to the transport of the tagged one.
        var transport = isOffer
            ? connection.TransportToGoOn(document, index, [])
            : connection.OfferedSections[document.Media.IndexOf(document.TaggedSectionOf(media))].Transport;
        if (connection.GoesOnWithSctp(transport, document, media, isOffer) && connection.SctpTransport!.IsContradictedBy(media.SctpInit))
        {
            throw Invalid(index, "changes or adds the SCTP INIT of an association in use");
        }
    }

    private void CheckAssociation(int index, MediaDescription media, PeerTransport transport)
    {
        if (!isOffer || document.IceCredentialsOf(media) != transport.RemoteCredentials)
        {
            return;
        }

        // The setup value "MUST be consistent with the selected role of the current DTLS connection, if one exists and is being continued".
        // With another fingerprint none is: gateways put another peer in the place of the one before without a restart of ICE
        // (docs/negotiation.md).
        if (transport.ContinuesAssociation(document, media) && transport.IsContradictedBy(document.SetupOf(media)))
        {
            throw Invalid(index, "has another DTLS role than the association that it goes on with");
        }
    }

    private static RtcException Invalid(int index, string fault) => DescriptionValidator.Invalid($"Section {index} {fault}.");
}
