namespace Parley;

// The negotiation-needed flag (webrtc-pc §4.7.3).
public sealed partial class PeerConnection
{
    private bool _negotiationNeeded;

    /// <summary>"Update the negotiation-needed flag" (webrtc-pc §4.7.3). Called with the gate held.</summary>
    internal void UpdateNegotiationNeeded()
    {
        if (!_operations.IsEmpty)
        {
            _operations.UpdateNegotiationNeededOnEmpty = true;
            return;
        }

        Queue.Enqueue(() =>
        {
            lock (Gate)
            {
                if (IsClosed)
                {
                    return;
                }

                if (!_operations.IsEmpty)
                {
                    _operations.UpdateNegotiationNeededOnEmpty = true;
                    return;
                }

                if (SignalingState != SignalingState.Stable)
                {
                    return;
                }

                if (!IsNegotiationNeeded())
                {
                    _negotiationNeeded = false;
                    return;
                }

                if (_negotiationNeeded)
                {
                    return;
                }

                _negotiationNeeded = true;
            }

            Queue.Raise(NegotiationNeeded, this);
        });
    }

    /// <summary>"Check if negotiation is needed" (webrtc-pc §4.7.3).</summary>
    private bool IsNegotiationNeeded()
    {
        if (_localIceCredentialsToReplace.Count > 0)
        {
            return true;
        }

        // A section for data that the peer rejected has been negotiated: the next offer tries again, but nothing asks for one.
        if (_hasCreatedDataChannel && (_currentLocal is null || !_sections.Any(section => section.IsData)))
        {
            return true;
        }

        foreach (var transceiver in _transceivers)
        {
            if (IsNegotiationNeeded(transceiver))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsNegotiationNeeded(RtpTransceiver transceiver)
    {
        if (transceiver is { IsStopping: true, IsStopped: false })
        {
            return true;
        }

        var section = _currentLocal is null ? null : _sections.FirstOrDefault(candidate => candidate.Transceiver == transceiver);
        if (section is null)
        {
            return !transceiver.IsStopped;
        }

        var local = _currentLocal!.Document.Media[section.Index];
        var remote = _currentRemote!.Document.Media[section.Index];
        if (transceiver.IsStopped)
        {
            return !local.IsRejected && !remote.IsRejected;
        }

        if (transceiver.DirectionSlot.Sends()
            && (local.MediaStreamIds.Count == 0 || !local.MsidStreamIds().SequenceEqual(transceiver.Sender.StreamIds.Order())))
        {
            return true;
        }

        var localDirection = _currentLocal.Document.TransceiverDirectionOf(local);
        var remoteDirection = _currentRemote.Document.TransceiverDirectionOf(remote).Reverse();
        return _currentLocal.Type == SdpType.Offer
            ? localDirection != transceiver.DirectionSlot && remoteDirection != transceiver.DirectionSlot
            : localDirection != transceiver.DirectionSlot.Intersect(remoteDirection);
    }
}
