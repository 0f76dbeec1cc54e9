namespace Parley;

// "Set the session description" (webrtc-pc §4.4.1.5) of type "rollback": back to the last stable state.
public sealed partial class PeerConnection
{
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
            transport.RollBack(effects.Events);
        }

        Reached("rolled back");
        CloseUnusedTransports();
        ForgetSections();
        _pendingLocal = _pendingRemote = null;
        SignalingState = SignalingState.Stable;
        if (!wasRemote)
        {
            // What the offer alone made to be received is so no more.
            UpdateAllMediaFlows();
        }
    }

    private void RollBack(RtpTransceiver transceiver, bool wasRemote, DescriptionEffects effects)
    {
        var stable = transceiver.LastStable ?? new StableTransceiverState(false, null, null, [], []);
        if (!_stableSections.Any(section => section.Transceiver == transceiver))
        {
            transceiver.JsepMid = null;
            transceiver.SetMid(null);
        }

        transceiver.Sender.TransportSlot = stable.SenderTransport;
        if (transceiver.EncodingsBeforeProposal is { } encodings)
        {
            transceiver.Sender.SetSendEncodings(encodings);
            transceiver.EncodingsBeforeProposal = null;
        }

        transceiver.Receiver.TransportSlot = stable.ReceiverTransport;
        transceiver.Receiver.ReceiveCodecs = stable.ReceiveCodecs;
        if (wasRemote)
        {
            // A transceiver that was never negotiated has no direction: its track is neither added nor removed.
            ProcessRemoteTracks(
                transceiver, transceiver.CurrentDirectionSlot, [.. stable.RemoteStreams.Select(stream => stream.Id)], effects);
        }

        // The text restores no [[Receptive]], so that a track which is received still would stay muted for ever.
        transceiver.IsReceptive = stable.IsReceptive && !transceiver.IsStopping;
        if (transceiver is { WasCreatedByPendingOffer: true, WasReusedByAddTrack: false })
        {
            transceiver.StopNow(effects.Ended);
            _transceivers.Remove(transceiver);
        }
        else if (transceiver.WasCreatedByPendingOffer)
        {
            transceiver.WasAddedByAddTrack = true;
        }

        transceiver.WasCreatedByPendingOffer = false;
    }
}
