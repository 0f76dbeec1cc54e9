using Parley.Media;
using Parley.Sdp;

namespace Parley;

// "Set the session description" (webrtc-pc §4.4.1.5). The steps keep the order of the text.
public sealed partial class PeerConnection
{
    private readonly Dictionary<string, MediaStream> _remoteStreams = [];

    /// <summary>Sets a description in a queued task; afterwards calls one of the two continuations, outside the gate.</summary>
    private void SetDescription(SessionDescription description, bool remote, Action resolve, Action<Exception> reject)
    {
        if (description.Type == SdpType.Rollback && !IsRollbackAllowed(remote))
        {
            reject(new RtcException(RtcErrorNames.InvalidStateError, $"There is nothing to roll back in state {SignalingState.ToW3CName()}."));
            return;
        }

        Queue.Enqueue(() =>
        {
            var effects = new DescriptionEffects();
            lock (Gate)
            {
                if (IsClosed)
                {
                    return;
                }

                // "If any promises from setParameters methods […] are not settled, abort these steps and start the process over."
                if (_transceivers.Exists(transceiver => transceiver.Sender.HasParametersUnderWay))
                {
                    SetDescription(description, remote, resolve, reject);
                    return;
                }

                var before = SignalingState;
                try
                {
                    Apply(description, remote, effects);
                }
                catch (RtcException error)
                {
                    ConnectionLog.DescriptionRefused(Logger, remote ? "remote" : "local", description.Type, error.Message);
                    reject(error);
                    return;
                }

                effects.SignalingStateChanged = SignalingState != before;
            }

            Fire(effects);
            resolve();
        });
    }

    private bool IsRollbackAllowed(bool remote) => SignalingState == (remote ? SignalingState.HaveRemoteOffer : SignalingState.HaveLocalOffer);

    private void Apply(SessionDescription description, bool remote, DescriptionEffects effects)
    {
        if (description.Type == SdpType.Rollback)
        {
            RollBack(effects);
        }
        else
        {
            var document = new DescriptionValidator(this, description, remote).Validate();
            var applied = new AppliedDescription(description.Type, document, description.Sdp);
            if (description.Type == SdpType.Offer && SignalingState == SignalingState.Stable)
            {
                SaveStableState();
            }

            if (remote)
            {
                ApplyRemote(applied, effects);
            }
            else
            {
                ApplyLocal(applied, effects);
            }
        }

        if (description.Type == SdpType.Answer)
        {
            StopTransceiversWithoutSection(effects);
            RemoveStoppedTransceivers();
            CloseUnusedTransports();
            foreach (var transport in _transports)
            {
                transport.BecomeStable();
            }
        }

        DescriptionStateChanged();
        if (SignalingState == SignalingState.Stable)
        {
            foreach (var transceiver in _transceivers)
            {
                DropUnnegotiatedEncodingCodecs(transceiver);
            }

            _negotiationNeeded = false;
            UpdateNegotiationNeeded();
        }

        UpdateConnectionStates(effects.Events);
    }

    private void SaveStableState()
    {
        _stableSections = [.. _sections];
        _stableSctpTransport = SctpTransport;
        _stableBundleEstablished = IsBundleEstablished;
        foreach (var transceiver in _transceivers)
        {
            SaveStableState(transceiver);
        }
    }

    private static void SaveStableState(RtpTransceiver transceiver)
    {
        var encodings = transceiver.Sender.SendEncodings;
        transceiver.LastStable = new StableTransceiverState(
            transceiver.Mid is not null,
            transceiver.Sender.TransportSlot,
            transceiver.Receiver.TransportSlot,
            encodings is [{ Rid: null }] ? encodings : null,
            transceiver.Receiver.RemoteStreams,
            transceiver.Receiver.ReceiveCodecs);
    }

    private void ApplyLocal(AppliedDescription applied, DescriptionEffects effects)
    {
        var created = applied.Type == SdpType.Offer ? _lastCreatedOffer! : _lastCreatedAnswer!;
        _localDescriptionWasSet = true;
        AdoptSections(created.Sections);
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
            ResolveBundle(applied.Document, isAnswer: true);
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
                transport.ApplyLocal(transport.LocalCredentialsFor(PendingOrCurrentRemote.Document, PendingOrCurrentRemote.Document.Media[section.Index]));
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
        if (!direction.Receives() && transceiver.FiredDirection.Receives())
        {
            SetAssociatedRemoteStreams(transceiver.Receiver, [], effects);
            ProcessRemovalOfRemoteTrack(transceiver, effects);
        }

        transceiver.SetCurrentDirection(direction);
        transceiver.FiredDirection = direction;
        if (media.IsRejected && applied.Type == SdpType.Answer)
        {
            // A section that this side refuses, for want of a common codec, is as dead here as it becomes at the peer: left open, its
            // transceiver would ask for negotiation for ever.
            transceiver.StopNow(effects.Events);
        }
    }

    private void ApplyRemote(AppliedDescription applied, DescriptionEffects effects)
    {
        var isOffer = applied.Type == SdpType.Offer;
        if (isOffer)
        {
            AdoptSections(PlanRemoteOffer(applied.Document));
            _pendingRemote = applied;
            SignalingState = SignalingState.HaveRemoteOffer;
        }
        else
        {
            SetAnswered(applied, local: false);
            ResolveBundle(applied.Document, isAnswer: true);
        }

        LearnNumbers(applied.Document);
        CreateSctpTransportIfDescribed(applied);
        foreach (var section in _sections)
        {
            ApplyRemoteSection(applied, section, applied.Document.Media[section.Index], effects);
        }

        if (!isOffer)
        {
            ConnectTransports(localAnswers: false, effects);
            UpdateAllMediaFlows();
            ForgetReplacedCredentials(applied.Type);
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
            ProposeEncodings(transceiver, media.SimulcastRids(toReceive: true));
        }
        else
        {
            PruneEncodings(transceiver, media.SimulcastRids(toReceive: true));
        }

        transceiver.JsepMid = section.Mid;
        transceiver.SetMid(section.Mid);
        var direction = applied.Document.TransceiverDirectionOf(media).Reverse();
        IReadOnlyList<string> msids = direction.Receives() ? media.RemoteStreamIds() : [];
        ProcessRemoteTracks(transceiver, direction, msids, effects);
        transceiver.Receiver.ReceiveCodecs = direction.Receives() ? [.. AnsweredCodecs(transceiver, media).Select(codec => codec.ToParameters(media.Kind))] : [];
        if (applied.Type != SdpType.Offer)
        {
            SetSendCodecs(transceiver, section);
            transceiver.SetCurrentDirection(direction);
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

        if (media.IsRejected && !transceiver.IsStopped)
        {
            transceiver.StopNow(effects.Events);
        }
    }

    private void SetAnswered(AppliedDescription applied, bool local)
    {
        if (applied.Type == SdpType.Pranswer)
        {
            if (local)
            {
                _pendingLocal = applied;
                SignalingState = SignalingState.HaveLocalPranswer;
            }
            else
            {
                _pendingRemote = applied;
                SignalingState = SignalingState.HaveRemotePranswer;
            }

            return;
        }

        (_currentLocal, _currentRemote) = local ? (applied, _pendingRemote) : (_pendingLocal, applied);
        _pendingLocal = _pendingRemote = null;
        _lastCreatedOffer = _lastCreatedAnswer = null;
        SignalingState = SignalingState.Stable;
        foreach (var transceiver in _transceivers)
        {
            transceiver.WasCreatedByPendingOffer = false;
        }
    }

    private void RollBack(DescriptionEffects effects)
    {
        var wasRemote = SignalingState == SignalingState.HaveRemoteOffer;
        _sections.Clear();
        _sections.AddRange(_stableSections);
        IsBundleEstablished = _stableBundleEstablished;
        SctpTransport = _stableSctpTransport;
        foreach (var transceiver in _transceivers.ToArray())
        {
            RollBack(transceiver, wasRemote, effects);
        }

        foreach (var transport in _transports.ToArray())
        {
            transport.RollBack();
        }

        CloseUnusedTransports();
        _pendingLocal = _pendingRemote = null;
        SignalingState = SignalingState.Stable;
    }

    private void RollBack(RtpTransceiver transceiver, bool wasRemote, DescriptionEffects effects)
    {
        var stable = transceiver.LastStable ?? new StableTransceiverState(false, null, null, null, [], []);
        if (!_stableSections.Any(section => section.Transceiver == transceiver))
        {
            transceiver.JsepMid = null;
            transceiver.SetMid(null);
        }

        transceiver.Sender.TransportSlot = stable.SenderTransport;
        if (stable.RidlessSendEncodings is { } encodings && transceiver.Sender.SendEncodings.Any(encoding => encoding.Rid is not null))
        {
            transceiver.Sender.SetSendEncodings(encodings);
        }

        transceiver.Receiver.TransportSlot = stable.ReceiverTransport;
        transceiver.Receiver.ReceiveCodecs = stable.ReceiveCodecs;
        if (!wasRemote)
        {
            return;
        }

        ProcessRemoteTracks(
            transceiver,
            transceiver.CurrentDirection ?? RtpTransceiverDirection.Inactive,
            [.. stable.RemoteStreams.Select(stream => stream.Id)],
            effects);
        if (transceiver.CurrentDirection is null)
        {
            transceiver.FiredDirection = null;
        }

        if (transceiver is { WasCreatedByPendingOffer: true, WasUsedByAddTrack: false })
        {
            transceiver.StopNow(effects.Events);
            _transceivers.Remove(transceiver);
        }

        transceiver.WasCreatedByPendingOffer = false;
    }

    /// <summary>
    /// A transceiver that was stopped before it had a section is in no description, so that no answer could reject it: by the letter of
    /// "check if negotiation is needed" it would ask for negotiation for ever. It ends with the next answer.
    /// </summary>
    private void StopTransceiversWithoutSection(DescriptionEffects effects)
    {
        foreach (var transceiver in _transceivers.Where(transceiver => transceiver.IsStopping && !_sections.Any(section => section.Transceiver == transceiver)).ToArray())
        {
            transceiver.StopNow(effects.Events);
            _transceivers.Remove(transceiver);
        }
    }

    private void RemoveStoppedTransceivers() => _transceivers.RemoveAll(transceiver =>
        transceiver.IsStopped
        && transceiver.Mid is { } mid
        && (_currentLocal!.Document.IsRejected(mid) || _currentRemote!.Document.IsRejected(mid)));

    private void ForgetReplacedCredentials(SdpType type)
    {
        // webrtc-pc: an answer fulfils the restart if none of the credentials to replace is left in the local description.
        if (type == SdpType.Answer && !_currentLocal!.Document.AllIceCredentials().Any(_localIceCredentialsToReplace.Contains))
        {
            _localIceCredentialsToReplace.Clear();
        }
    }

    private void Fire(DescriptionEffects effects)
    {
        if (effects.SignalingStateChanged)
        {
            ConnectionLog.SignalingStateChanged(Logger, SignalingState);
            Queue.Raise(SignalingStateChanged, this);
        }

        foreach (var channel in effects.FailedChannels)
        {
            channel.RaiseCreationError();
        }

        foreach (var track in effects.MuteTracks)
        {
            track.SetMuted(true);
        }

        foreach (var (stream, track) in effects.RemoveList)
        {
            stream.RemoveRemote(track);
        }

        foreach (var (stream, track) in effects.AddList)
        {
            stream.AddRemote(track);
        }

        foreach (var args in effects.TrackEvents)
        {
            Queue.Raise(TrackAdded, this, args);
        }

        foreach (var raise in effects.Events)
        {
            raise();
        }
    }
}
