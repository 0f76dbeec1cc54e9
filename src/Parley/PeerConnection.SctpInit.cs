using Parley.Sctp;
using Parley.Sdp;
using Parley.Transport;

namespace Parley;

// SCTP's INITs in the descriptions, which spare its handshake: draft-hancke-tsvwg-snap.
public sealed partial class PeerConnection
{
    /// <summary>The INIT of the association that comes next, once a description was made that has one.</summary>
    private byte[]? _nextSctpInit;

    /// <summary>
    /// What an offer says: "with the same value as in the initial negotiation" while an association is there; null when that was made
    /// without.
    /// </summary>
    internal byte[]? OfferedSctpInit() => SctpTransport is { WasStarted: true } begun ? begun.LocalInit : NextSctpInit();

    /// <summary>What an answer says, to an offer that has an INIT: null else.</summary>
    internal byte[]? AnsweredSctpInit(PeerTransport? transport, SdpDocument offer, MediaDescription offered)
    {
        if (offered.SctpInit is null)
        {
            return null;
        }

        return GoesOnWithSctp(transport, offer, offered, isOffer: true) ? SctpTransport!.LocalInit : NextSctpInit();
    }

    /// <summary>Whether a description of the peer's leaves the SCTP association as it is (RFC 8841 §9.3, RFC 8842 §5.5).</summary>
    internal bool GoesOnWithSctp(PeerTransport? transport, SdpDocument remote, MediaDescription media, bool isOffer) =>
        SctpTransport is { WasStarted: true } begun && begun.Peer == transport
        && (media.SctpPort ?? DefaultSctpPort) == _remoteSctpPort
        && !transport.AsksForAnotherAssociation(remote, remote.TaggedSectionOf(media), isOffer);

    private byte[] NextSctpInit()
    {
        var options = SctpPlan.OptionsAhead((ushort)_configuration.MaxDataChannels, SctpTransport.LocalMaxMessageSize);
        return _nextSctpInit ??= SctpInit.Create(options, Platform.Random).Chunk.ToArray();
    }
}
