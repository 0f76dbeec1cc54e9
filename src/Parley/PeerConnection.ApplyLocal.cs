using Parley.Sdp;

namespace Parley;

// "Set the session description" (webrtc-pc §4.4.1.5) for a local description: the steps where "remote is false".
public sealed partial class PeerConnection
{
    private void ApplyLocal(AppliedDescription applied, DescriptionEffects effects)
    {
        var created = applied.Type == SdpType.Offer ? _lastCreatedOffer! : _lastCreatedAnswer!;
        if (applied.Type != SdpType.Offer && !IsAnswerToPendingOffer(applied.Document, created))
        {
            throw new RtcException(RtcErrorNames.InvalidAccessError, "The answer was made for another offer.");
        }

        AdoptSections(WithLiveTransports(created.Sections), isOffer: applied.Type == SdpType.Offer);
        if (applied.Type == SdpType.Offer)
        {
            _pendingLocal = applied;
            SignalingState = SignalingState.HaveLocalOffer;
        }
        else
        {
            SetAnswered(applied, local: true);
        }

        CreateSctpTransportIfDescribed(applied);
        if (applied.Type != SdpType.Offer)
        {
            ResolveBundle(applied.Document);
        }

        foreach (var section in _sections)
        {
            var media = applied.Document.Media[section.Index];
            ApplyLocalSection(applied, section, media, created, effects);
        }

        if (applied.Type != SdpType.Offer)
        {
            ConnectTransports(localAnswers: true, effects);
            UpdateAllMediaFlows();
        }

        ReleaseEarlyCandidates();
        ForgetReplacedCredentials(applied.Type);
    }

    /// <summary>
    /// An answer outlives the offer that it was made for, when that is rolled back or replaced before it is set: it still holds if the sections are the same, with the
    /// transceivers and the transports that it speaks of.
    /// </summary>
    private bool IsAnswerToPendingOffer(SdpDocument answer, CreatedDescription created)
    {
        var offer = PendingOrCurrentRemote.Document;
        return created.Sections.Count == _offeredSections.Count
            && created.Sections.Zip(_offeredSections).All(pair =>
                pair.First.Mid == pair.Second.Mid
                && pair.First.Kind == pair.Second.Kind
                && pair.First.Transceiver == pair.Second.Transceiver
                && (pair.First.IsRejected || (pair.First.Transport == pair.Second.Transport && HasCredentialsFor(pair.Second))));

        bool HasCredentialsFor(MediaSection section)
        {
            var expected = section.Transport!.LocalCredentialsFor(offer, offer.TaggedSectionOf(offer.Media[section.Index]));
            return answer.IceCredentialsOf(answer.Media[section.Index]) == (expected.UsernameFragment, expected.Password);
        }
    }

    /// <summary>
    /// An offer that was set, rolled back and is set again announces transports that the rollback closed: others take their place, with the credentials
    /// of the text.
    /// </summary>
    private IReadOnlyList<MediaSection> WithLiveTransports(IReadOnlyList<MediaSection> sections)
    {
        var closed = sections.Select(section => section.Transport).OfType<PeerTransport>().Where(transport => transport.IsClosed).Distinct();
        var replaced = closed.ToDictionary(transport => transport, transport => new PeerTransport(this, transport.LocalCredentials));
        return [.. sections.Select(section => section.Transport is { IsClosed: true } transport ? section with { Transport = replaced[transport] } : section)];
    }

    private void ApplyLocalSection(AppliedDescription applied, MediaSection section, MediaDescription media, CreatedDescription created, DescriptionEffects effects)
    {
        if (section.Transport is { } transport && !media.BundleOnly)
        {
            if (applied.Type == SdpType.Offer)
            {
                transport.SetInitialRole(controlling: true);
                transport.ApplyLocal(created.RestartCredentials.GetValueOrDefault(transport) ?? transport.LocalCredentials);
            }
            else
            {
                var offer = PendingOrCurrentRemote.Document;
                transport.ApplyLocal(transport.LocalCredentialsFor(offer, offer.TaggedSectionOf(offer.Media[section.Index])));
            }
        }

        if (section.Transceiver is not { } transceiver)
        {
            return;
        }

        transceiver.JsepMid = section.Mid;
        if (transceiver.Mid is null)
        {
            transceiver.SetMid(section.Mid);
        }

        if (section.Transport is not null)
        {
            transceiver.Sender.TransportSlot = section.Transport;
            transceiver.Receiver.TransportSlot = section.Transport;
        }

        if (transceiver.IsStopped)
        {
            return;
        }

        var direction = applied.Document.TransceiverDirectionOf(media);
        transceiver.IsReceptive = direction.Receives();
        transceiver.Receiver.ReceiveCodecs = direction.Receives() ? [.. CodecDescription.ReadFrom(media).Select(codec => codec.ToParameters(media.Kind))] : [];
        if (applied.Type == SdpType.Offer)
        {
            return;
        }

        PruneEncodings(transceiver, media.SimulcastRids(toReceive: false));
        SetSendCodecs(transceiver, section);
        transceiver.Sender.ForgetReturnedParameters();
        if (!direction.Receives())
        {
            if (transceiver.FiredDirection.Receives())
            {
                SetAssociatedRemoteStreams(transceiver.Receiver, [], effects);
            }

            // Whether a track event was fired or not: media that came before the answer may have unmuted the track of a section that receives nothing.
            ProcessRemovalOfRemoteTrack(transceiver, effects);
        }

        transceiver.SetCurrentDirection(direction);
        transceiver.FiredDirection = direction;
        if (applied.Type == SdpType.Answer)
        {
            SetNegotiatedExtensions(transceiver, applied.Document, media, isRemote: false);
        }

        if (media.IsRejected && applied.Type == SdpType.Answer)
        {
            // A section that this side refuses, for want of a common codec, is as dead here as it becomes at the peer: left open, its
            // transceiver would ask for negotiation for ever.
            transceiver.StopNow(effects.Ended);
        }
    }
}
