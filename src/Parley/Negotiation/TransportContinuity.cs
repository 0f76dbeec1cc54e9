using Parley.Sdp;

namespace Parley;

/// <summary>
/// What a description of the peer's may change of a transport in use: ICE credentials with a restart, and the DTLS association with new ICE
/// credentials (RFC 9429 §5.8.3, §5.10, §5.11); with it the SCTP association.
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
            if (!isOffer)
            {
                CheckRestart(i, media, transport);
            }

            CheckAssociation(i, media, transport);
        }
    }

    // draft-hancke-tsvwg-snap: another INIT comes with another SCTP or DTLS association. "Attempting to add an sctp-init attribute to an existing SCTP
    // association results in an error."
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

    private void CheckRestart(int index, MediaDescription media, PeerTransport transport)
    {
        if (transport.StableRemoteCredentials is not { } before)
        {
            return;
        }

        // "Check to see if the current local description is an ICE restart, and if not, generate an error."
        var isSame = document.IceCredentialsOf(media) == before;
        if (!isSame && !transport.IsRestartingIce)
        {
            throw Invalid(index, "answers with new ICE credentials an offer that does not restart ICE");
        }

        // "If the current local description indicates an ICE restart but neither the ICE ufrag nor the password has changed [...] generate an error."
        if (isSame && transport.IsRestartingIce)
        {
            throw Invalid(index, "answers an ICE restart with the ICE credentials of before");
        }
    }

    private void CheckAssociation(int index, MediaDescription media, PeerTransport transport)
    {
        if (document.IceCredentialsOf(media) != transport.RemoteCredentials)
        {
            return;
        }

        // "If a DTLS connection needs to be torn down but the answer does not indicate an ICE restart or, in the case of 'have-remote-pranswer', new
        // ICE credentials, an error MUST be generated"; of offers §5.8.3 says so with the tls-id.
        if (!transport.ContinuesAssociation(document, media))
        {
            throw Invalid(index, "changes the fingerprint or the tls-id without new ICE credentials");
        }

        // The setup value "MUST be consistent with the selected role of the current DTLS connection, if one exists and is being continued".
        if (transport.IsContradictedBy(document.SetupOf(media)))
        {
            throw Invalid(index, "has another DTLS role than the association that it goes on with");
        }
    }

    private static RtcException Invalid(int index, string fault) => DescriptionValidator.Invalid($"Section {index} {fault}.");
}
