using Parley.Media;

namespace Parley;

// The aggregated states (webrtc-pc §4.3) and what the transports tell (§5.6, "interactions with the ICE agent").
public sealed partial class PeerConnection
{
    /// <summary>Transports that negotiation has discarded and whose objects do not say so yet.</summary>
    private readonly List<PeerTransport> _retiring = [];

    /// <summary>An ICE transport changed its state, its pair, or both: one task for both.</summary>
    internal void OnIceChanged(PeerTransport transport, Ice.IceAgentState? agentState, Ice.IceCandidatePair? pair, bool pairChanged) =>
        Queue.Enqueue(() =>
        {
            List<Action> events = [];
            lock (Gate)
            {
                if (IsClosed || transport.IsClosed)
                {
                    return;
                }

                if (pairChanged)
                {
                    transport.Ice.SelectedPair = pair is null ? null : PairOf(transport, pair);
                    events.Add(transport.Ice.RaiseSelectedCandidatePairChanged);
                }

                if (agentState is { } reached)
                {
                    transport.Ice.IsUnreachable = reached == Ice.IceAgentState.Unreachable;
                    var state = CandidateConversion.ToPublic(reached);
                    if (state != transport.Ice.State)
                    {
                        transport.Ice.State = state;
                        events.Add(transport.Ice.RaiseStateChanged);
                    }
                }

                UpdateConnectionStates(events);
            }

            events.ForEach(raise => raise());
        });

    /// <summary>
    /// Signaling has named an address of the selected pair that only checks had shown: the pair is the same, and no event is due.
    /// </summary>
    internal void OnSelectedPairNamed(PeerTransport transport, Ice.IceCandidatePair pair) => Queue.Enqueue(() =>
    {
        lock (Gate)
        {
            if (!IsClosed && !transport.IsClosed && transport.Ice.SelectedPair is not null)
            {
                transport.Ice.SelectedPair = PairOf(transport, pair);
            }
        }
    });

    /// <summary>A role conflict was resolved.</summary>
    internal void OnIceRoleChanged(PeerTransport transport, bool controlling) => Queue.Enqueue(() =>
    {
        lock (Gate)
        {
            transport.Ice.Role = controlling ? IceRole.Controlling : IceRole.Controlled;
        }
    });

    /// <summary>
    /// Gathering began or ended on a transport. Its end is two tasks: the first shows the end of candidates while the state still is
    /// "gathering", the second changes the state.
    /// </summary>
    internal void OnGatheringChanged(PeerTransport transport, IceGatheringState state, string ufrag)
    {
        if (state == IceGatheringState.Complete)
        {
            TellOfGathering(transport, () => EndGeneration(transport, ufrag));
        }

        TellOfGathering(transport, () => ChangeGatheringState(transport, state, ufrag));
    }

    private void EndGeneration(PeerTransport transport, string ufrag)
    {
        List<Action> events = [];
        lock (Gate)
        {
            if (IsClosed || transport.IsClosed)
            {
                return;
            }

            if (transport.LocalCredentials.UsernameFragment == ufrag && !transport.TrySetEndOfGathering())
            {
                // A restart that was rolled back: this generation's end was told before.
                return;
            }

            SurfaceEndOfCandidates(transport, ufrag, events);
        }

        events.ForEach(raise => raise());
    }

    private void ChangeGatheringState(PeerTransport transport, IceGatheringState state, string ufrag)
    {
        List<Action> events = [];
        lock (Gate)
        {
            if (IsClosed || transport.IsClosed || transport.LocalCredentials.UsernameFragment != ufrag)
            {
                return;
            }

            if (transport.Ice.GatheringState == state)
            {
                return;
            }

            transport.Ice.GatheringState = state;
            events.Add(transport.Ice.RaiseGatheringStateChanged);
            UpdateGatheringState(events);
        }

        events.ForEach(raise => raise());
    }

    /// <summary>A DTLS transport changed its state.</summary>
    /// <remarks>
    /// webrtc-pc §5.5: one task for the transport; §4.4.1.3: "whenever the state of an RTCDtlsTransport changes, the user agent MUST queue
    /// a task" for the connection.
    /// </remarks>
    internal void OnDtlsChanged(PeerTransport transport, DtlsTransportState state, IReadOnlyList<byte[]> certificates, RtcError? error)
    {
        Queue.Enqueue(() =>
        {
            lock (Gate)
            {
                if (IsClosed || transport.IsClosed || transport.Dtls.State == state
                    || (transport.Dtls.State == DtlsTransportState.Failed && state != DtlsTransportState.New))
                {
                    return;
                }

                transport.Dtls.State = state;
                if (state == DtlsTransportState.Connected)
                {
                    transport.Dtls.RemoteCertificates = certificates;
                }
            }

            if (error is not null)
            {
                transport.Dtls.RaiseError(error);
            }

            transport.Dtls.RaiseStateChanged();
        });
        Queue.Enqueue(UpdateConnectionStates);
    }

    /// <summary>
    /// An exception has ended a transport, and with it its connection alone: transports and channels end with an error, the connection says
    /// "failed", and closes.
    /// </summary>
    internal void OnTransportFailed()
    {
        const string Message = "An unexpected exception has ended the connection. The log has it.";
        PeerTransport[] transports;
        PeerTransport? carrier;
        lock (Gate)
        {
            transports = [.. _transports];
            carrier = SctpTransport?.Peer;
        }

        foreach (var transport in transports)
        {
            OnDtlsChanged(transport, DtlsTransportState.Failed, [], new RtcError(RtcErrorDetail.DtlsFailure, Message));
        }

        if (carrier is not null)
        {
            OnSctpClosed(carrier, new RtcError(RtcErrorDetail.SctpFailure, Message));
        }

        Queue.Enqueue(Close);
    }

    /// <summary>A transport was discarded by negotiation.</summary>
    internal void OnTransportClosed(PeerTransport transport)
    {
        _retiring.Add(transport);
        Queue.Enqueue(() => Retire(transport));
    }

    private void Retire(PeerTransport transport)
    {
        List<Action> events = [];
        lock (Gate)
        {
            _retiring.Remove(transport);
            if (IsClosed)
            {
                return;
            }

            if (transport.Dtls.State != DtlsTransportState.Closed)
            {
                transport.Dtls.State = DtlsTransportState.Closed;
                events.Add(transport.Dtls.RaiseStateChanged);
            }

            if (transport.Ice.State != IceTransportState.Closed)
            {
                transport.Ice.State = IceTransportState.Closed;
                events.Add(transport.Ice.RaiseStateChanged);
            }

            UpdateConnectionStates(events);
        }

        events.ForEach(raise => raise());
    }

    /// <summary>The transports that count for the aggregated states: those that sections refer to.</summary>
    private List<PeerTransport> ReferencedTransports()
    {
        var transports = new List<PeerTransport>(1);
        foreach (var transceiver in _transceivers)
        {
            if (!transceiver.IsStopped && transceiver.Sender.TransportSlot is { } slot && !transports.Contains(slot))
            {
                transports.Add(slot);
            }
        }

        if (SctpTransport?.Peer is { } data && !transports.Contains(data))
        {
            transports.Add(data);
        }

        return transports;
    }

    private void UpdateConnectionStates()
    {
        List<Action> events = [];
        lock (Gate)
        {
            UpdateConnectionStates(events);
        }

        events.ForEach(raise => raise());
    }

    private void UpdateConnectionStates(List<Action> events)
    {
        if (IsClosed)
        {
            return;
        }

        var transports = ReferencedTransports();
        var ice = DeriveIceConnectionState(transports);
        if (ice != IceConnectionState)
        {
            IceConnectionState = ice;
            ConnectionLog.IceStateChanged(Logger, ice);
            events.Add(() => Queue.Raise(IceConnectionStateChanged, this));
        }

        var state = DeriveConnectionState(transports);
        if (state != ConnectionState)
        {
            ConnectionState = state;
            ConnectionLog.ConnectionStateChanged(Logger, state);
            events.Add(() => Queue.Raise(ConnectionStateChanged, this));
        }

        UpdateGatheringState(events, transports);
    }

    private void UpdateGatheringState(List<Action> events) => UpdateGatheringState(events, ReferencedTransports());

    private void UpdateGatheringState(List<Action> events, List<PeerTransport> transports)
    {
        ChangeGatheringState(events, transports);
        TellGathered(transports, events);
    }

    private void ChangeGatheringState(List<Action> events, List<PeerTransport> transports)
    {
        var state = transports.Exists(transport => transport.Ice.GatheringState == IceGatheringState.Gathering)
            ? IceGatheringState.Gathering
            : transports.Count > 0 && transports.TrueForAll(transport => transport.Ice.GatheringState == IceGatheringState.Complete)
                ? IceGatheringState.Complete
                : IceGatheringState.New;

        // A transport that is about to gather says so in the next task: until then the state is as it was.
        if (state == IceGatheringState.New && transports.Exists(transport => transport.IsAboutToGather))
        {
            return;
        }

        if (state == IceGatheringState)
        {
            return;
        }

        IceGatheringState = state;
        events.Add(() => Queue.Raise(IceGatheringStateChanged, this));
        if (state == IceGatheringState.Complete)
        {
            // webrtc-pc §4.8.2: "All RTCIceTransports have finished gathering candidates, and the RTCPeerConnection's RTCIceGatheringState
            // has transitioned to "complete"": also when the last that gathered was discarded.
            events.Add(() => Queue.Raise(IceCandidateGathered, this, new IceCandidateEventArgs(null)));
        }
    }

    private static IceConnectionState DeriveIceConnectionState(List<PeerTransport> transports)
    {
        bool Any(IceTransportState state) => transports.Any(transport => transport.Ice.State == state);
        bool All(params ReadOnlySpan<IceTransportState> states)
        {
            foreach (var transport in transports)
            {
                if (!states.Contains(transport.Ice.State))
                {
                    return false;
                }
            }

            return true;
        }

        return Any(IceTransportState.Failed) ? IceConnectionState.Failed
            : Any(IceTransportState.Disconnected) ? IceConnectionState.Disconnected
            : All(IceTransportState.New, IceTransportState.Closed) ? IceConnectionState.New
            : Any(IceTransportState.New) || Any(IceTransportState.Checking) ? IceConnectionState.Checking
            : All(IceTransportState.Completed, IceTransportState.Closed) ? IceConnectionState.Completed
            : IceConnectionState.Connected;
    }

    private static PeerConnectionState DeriveConnectionState(List<PeerTransport> transports)
    {
        bool AnyIce(params ReadOnlySpan<IceTransportState> states)
        {
            foreach (var transport in transports)
            {
                if (states.Contains(transport.Ice.State))
                {
                    return true;
                }
            }

            return false;
        }

        bool AnyDtls(params ReadOnlySpan<DtlsTransportState> states)
        {
            foreach (var transport in transports)
            {
                if (states.Contains(transport.Dtls.State))
                {
                    return true;
                }
            }

            return false;
        }

        // As Chromium: a call whose transport can only wait for candidates that may never come does not wait for ever (docs/ice.md).
        if (AnyIce(IceTransportState.Failed)
            || AnyDtls(DtlsTransportState.Failed)
            || transports.Exists(static transport => transport.Ice.IsUnreachable))
        {
            return PeerConnectionState.Failed;
        }

        if (AnyIce(IceTransportState.Disconnected))
        {
            return PeerConnectionState.Disconnected;
        }

        if (transports.All(transport =>
            transport.Ice.State is IceTransportState.New or IceTransportState.Closed
                && transport.Dtls.State is DtlsTransportState.New or DtlsTransportState.Closed))
        {
            return PeerConnectionState.New;
        }

        return AnyIce(IceTransportState.New, IceTransportState.Checking) || AnyDtls(DtlsTransportState.New, DtlsTransportState.Connecting)
            ? PeerConnectionState.Connecting
            : PeerConnectionState.Connected;
    }
}
