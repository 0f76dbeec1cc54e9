using Parley.Sdp;

namespace Parley;

// "Set the session description" (webrtc-pc §4.4.1.5) for a remote description: the steps where "remote is true".
public sealed partial class PeerConnection
{
    private void ApplyRemote(AppliedDescription applied, DescriptionEffects effects)
    {
        var isOffer = applied.Type == SdpType.Offer;
        if (isOffer)
        {
            var before = _sections.ToArray();
            AdoptSections(PlanRemoteOffer(applied.Document), isOffer: true);
            DisassociateRecycled(before);
            _pendingRemote = applied;
            SignalingState = SignalingState.HaveRemoteOffer;
        }
        else
        {
            SetAnswered(applied, local: false);
            AdoptSections(_offeredSections, isOffer: false);
            if (CanUnbundle)
            {
                SeparateUnbundled(applied.Document);
            }

            ResolveBundle(applied.Document);
        }

        Reached("sections adopted");
        LearnNumbers(applied.Document);
        CreateSctpTransportIfDescribed(applied);
        foreach (var section in _sections)
        {
            ApplyRemoteSection(applied, section, applied.Document.Media[section.Index], effects);
            Reached("section applied");
        }

        if (!isOffer)
        {
            ConnectTransports(localAnswers: false, effects);
            Reached("transports connected");
            UpdateAllMediaFlows();
            Reached("media configured");
            ForgetReplacedCredentials(applied.Type);
        }
    }

    // RFC 9429 §5.10: "If the 'm=' section is being recycled […], disassociate the currently associated RtpTransceiver by setting its mid
    // property to 'null'".
    private void DisassociateRecycled(IReadOnlyList<MediaSection> before)
    {
        foreach (var section in before.Where(section =>
            section.Transceiver is not null && _sections[section.Index].Transceiver != section.Transceiver))
        {
            section.Transceiver!.JsepMid = null;
            section.Transceiver.SetMid(null);
        }
    }

    private void ApplyRemoteSection(AppliedDescription applied, MediaSection section, MediaDescription media, DescriptionEffects effects)
    {
        if (section.Transceiver is not { } transceiver)
        {
            if (section.Transport is not null && applied.Type == SdpType.Offer)
            {
                section.Transport.SetInitialRole(controlling: applied.Document.IceLite);
            }

            return;
        }

        if (applied.Type == SdpType.Offer)
        {
            ProposeEncodings(transceiver, applied.Document.SimulcastRidsOf(media, toReceive: true));
        }
        else
        {
            PruneEncodings(transceiver, applied.Document.SimulcastRidsOf(media, toReceive: true));
        }

        transceiver.JsepMid = section.Mid;
        transceiver.SetMid(section.Mid);
        var direction = applied.Document.TransceiverDirectionOf(media).Reverse();
        IReadOnlyList<string> msids = direction.Receives() ? RemoteMsids(media) : [];
        ProcessRemoteTracks(transceiver, direction, msids, effects);
        transceiver.Receiver.ReceiveCodecs = direction.Receives()
            ? [.. AnsweredCodecs(transceiver, media).Select(codec => codec.ToParameters(media.Kind))]
            : [];
        if (applied.Type != SdpType.Offer)
        {
            SetSendCodecs(transceiver, section);
            transceiver.SetCurrentDirection(direction);
        }

        if (applied.Type == SdpType.Answer)
        {
            SetNegotiatedExtensions(transceiver, applied.Document, media, isRemote: true);
        }

        if (section.Transport is { } transport)
        {
            if (applied.Type != SdpType.Offer)
            {
                transceiver.Sender.TransportSlot = transport;
                transceiver.Receiver.TransportSlot = transport;
            }

            transport.SetInitialRole(controlling: applied.Type != SdpType.Offer || applied.Document.IceLite);
        }

        // A provisional answer "MUST NOT result in the freeing of allocated resources" (RFC 9429 §4.1.10): the answer may accept what it
        // rejects.
        if (media.IsRejected && !transceiver.IsStopped && applied.Type != SdpType.Pranswer)
        {
            transceiver.StopNow(effects.Ended);
        }
    }
}
