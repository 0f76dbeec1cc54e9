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
        // Step 2. It does not matter which of the two methods takes the offer back, nor whose it is (RFC 9429 §5.7).
        if (description.Type == SdpType.Rollback
            && SignalingState is SignalingState.Stable or SignalingState.HaveLocalPranswer or SignalingState.HaveRemotePranswer)
        {
            reject(
                new RtcException(RtcErrorNames.InvalidStateError, $"There is nothing to roll back in state {SignalingState.ToW3CName()}."));
            return;
        }

        Queue.Enqueue(() => RunSetDescription(description, remote, resolve, reject));
    }

    private void RunSetDescription(SessionDescription description, bool remote, Action resolve, Action<Exception> reject)
    {
        var effects = new DescriptionEffects();
        lock (Gate)
        {
            if (IsClosed)
            {
                return;
            }

            if (_transceivers.Exists(transceiver => transceiver.Sender.HasParametersUnderWay))
            {
                // "If any promises from setParameters methods […] are not settled, abort these steps and start the process over."
                Queue.Enqueue(() => RunSetDescription(description, remote, resolve, reject));
                return;
            }

            var before = SignalingState;
            var transaction = new DescriptionTransaction(this);
            try
            {
                Apply(description, remote, effects);
            }
            catch (RtcException error)
            {
                transaction.RollBack();
                ConnectionLog.DescriptionRefused(Logger, remote ? "remote" : "local", description.Type, error.Message);
                reject(error);
                return;
            }
            catch (Exception error)
            {
                // "For all other errors": the chain must go on whatever happens.
                transaction.RollBack();
                ConnectionLog.TaskFailed(Logger, error);
                reject(new RtcException(RtcErrorNames.OperationError, error.Message, error));
                return;
            }

            transaction.Commit();
            effects.SignalingStateChanged = SignalingState != before;
        }

        Fire(effects);
        resolve();
    }

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
            ForgetSections();
            DiscardPool();
            foreach (var transport in _transports)
            {
                transport.BecomeStable();
            }
        }

        Reached("applied");
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
        Reached("states updated");
    }

    private void Reached(string step) => ConnectionLog.DescriptionStep(Logger, step);

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
        transceiver.EncodingsBeforeProposal = null;
        transceiver.LastStable = new StableTransceiverState(
            transceiver.IsReceptive,
            transceiver.Sender.TransportSlot,
            transceiver.Receiver.TransportSlot,
            transceiver.Receiver.RemoteStreams,
            transceiver.Receiver.ReceiveCodecs);
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
            transceiver.EncodingsBeforeProposal = null;
        }
    }

    /// <summary>
    /// A transceiver that was stopped before it had a section is in no description, so that no answer could reject it: by the letter of
    /// "check if negotiation is needed" it would ask for negotiation for ever. It ends with the next answer.
    /// </summary>
    private void StopTransceiversWithoutSection(DescriptionEffects effects)
    {
        foreach (var transceiver in _transceivers.Where(
            transceiver => transceiver.IsStopping && !_sections.Any(section => section.Transceiver == transceiver)).ToArray())
        {
            transceiver.StopNow(effects.Ended);
            _transceivers.Remove(transceiver);
        }
    }

    private void RemoveStoppedTransceivers() => _transceivers.RemoveAll(transceiver =>
        transceiver.IsStopped
        && transceiver.JsepMid is { } mid
        && (_currentLocal!.Document.IsRejected(mid) || _currentRemote!.Document.IsRejected(mid)));

    private void ForgetSections() => _transports.ForEach(transport => transport.ForgetSections(_transceivers));

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
            lock (Gate)
            {
                channel.CloseAbruptly();
            }

            channel.RaiseCreationError();
        }

        foreach (var track in effects.MuteTracks)
        {
            track.SetMuted(true, Queue.Raise);
        }

        foreach (var (stream, track) in effects.RemoveList)
        {
            stream.RemoveRemote(track, Queue.Raise);
        }

        foreach (var (stream, track) in effects.AddList)
        {
            stream.AddRemote(track, Queue.Raise);
        }

        foreach (var args in effects.TrackEvents)
        {
            Queue.Raise(TrackAdded, this, args);
            if (args.Track is { Kind: MediaKind.Video, IsMuted: false })
            {
                // Pictures came before the answer that announces them: whoever begins to look now needs one that stands for itself.
                args.Receiver.Flow.RequestKeyFrame(null);
            }
        }

        // The states that follow at once from which transports are left. They are told before the promise, so that who awaits it finds no
        // state that was not announced.
        effects.Events.ForEach(Queue.Run);

        // "The steps for the track to be ended" queue a task (Media Capture and Streams §4.3.2).
        effects.Ended.ForEach(Queue.Enqueue);
    }
}
