namespace Parley.Tests.Glare;

/// <summary>
/// The aggregated states of webrtc-pc §4.3.2 to §4.3.4, derived anew from the transports at each event, and the order of those events
/// (§5.6).
/// </summary>
internal sealed class TransportModel
{
    private readonly PeerConnection _connection;
    private readonly Action<string> _note;
    private readonly Action<bool, string> _expect;
    private IceConnectionState _ice = IceConnectionState.New;
    private IceGatheringState _gathering = IceGatheringState.New;
    private PeerConnectionState _state = PeerConnectionState.New;

    public TransportModel(PeerConnection connection, Action<string> note, Action<bool, string> expect)
    {
        (_connection, _note, _expect) = (connection, note, expect);
        connection.IceConnectionStateChanged += (_, _) => OnIceConnectionStateChanged();
        connection.ConnectionStateChanged += (_, _) => OnConnectionStateChanged();
        connection.IceGatheringStateChanged += (_, _) => OnIceGatheringStateChanged();
        connection.IceCandidateGathered += (_, args) => OnCandidate(args.Candidate);
    }

    /// <summary>The transports that the transceivers which are not stopped, and the SCTP transport, refer to.</summary>
    private DtlsTransport[] Transports =>
    [
        .. _connection.GetTransceivers().Where(transceiver => transceiver.CurrentDirection != RtpTransceiverDirection.Stopped)
            .Select(transceiver => transceiver.Sender.Transport)
            .Append(_connection.SctpTransport?.Transport).OfType<DtlsTransport>().Distinct(),
    ];

    private void OnIceConnectionStateChanged()
    {
        var now = _connection.IceConnectionState;
        _note($"ICE {_ice} → {now}");
        _expect(now != _ice, "iceconnectionstatechange came without a change");
        _ice = now;
        IceTransportState[] states = [.. Transports.Select(transport => transport.IceTransport.State)];
        var derived = states.Contains(IceTransportState.Failed) ? IceConnectionState.Failed
            : states.Contains(IceTransportState.Disconnected) ? IceConnectionState.Disconnected
            : states.All(state => state is IceTransportState.New or IceTransportState.Closed) ? IceConnectionState.New
            : states.Any(state => state is IceTransportState.New or IceTransportState.Checking) ? IceConnectionState.Checking
            : states.All(state => state is IceTransportState.Completed or IceTransportState.Closed) ? IceConnectionState.Completed
            : IceConnectionState.Connected;
        _expect(now == derived, $"iceConnectionState is {now} while the transports are {string.Join(", ", states)}");
    }

    private void OnConnectionStateChanged()
    {
        var now = _connection.ConnectionState;
        _note($"connection {_state} → {now}");
        _expect(now != _state, "connectionstatechange came without a change");
        _expect(_connection.IceConnectionState == _ice, "connectionstatechange came before iceconnectionstatechange");
        _state = now;
        var transports = Transports;
        var derived =
            transports.Any(transport => transport.IceTransport.State == IceTransportState.Failed
                || transport.State == DtlsTransportState.Failed) ? PeerConnectionState.Failed
            : transports.Any(transport => transport.IceTransport.State == IceTransportState.Disconnected) ? PeerConnectionState.Disconnected
            : transports.All(transport => IsNewOrClosed(transport)) ? PeerConnectionState.New
            : transports.Any(transport => transport.IceTransport.State is IceTransportState.New or IceTransportState.Checking
                || transport.State is DtlsTransportState.New or DtlsTransportState.Connecting) ? PeerConnectionState.Connecting
            : PeerConnectionState.Connected;
        _expect(
            now == derived,
            $"connectionState is {now} while the transports are "
            + $"{string.Join(", ", transports.Select(transport => $"{transport.IceTransport.State}/{transport.State}"))}");
    }

    private static bool IsNewOrClosed(DtlsTransport transport) =>
        transport.IceTransport.State is IceTransportState.New or IceTransportState.Closed
            && transport.State is DtlsTransportState.New or DtlsTransportState.Closed;

    private void OnIceGatheringStateChanged()
    {
        var now = _connection.IceGatheringState;
        _note($"gathering {_gathering} → {now}");
        _expect(now != _gathering, "icegatheringstatechange came without a change");
        _gathering = now;
        IceGatheringState[] states = [.. Transports.Select(transport => transport.IceTransport.GatheringState)];
        var derived = states.Contains(IceGatheringState.Gathering) ? IceGatheringState.Gathering
            : states.Length > 0 && states.All(state => state == IceGatheringState.Complete) ? IceGatheringState.Complete
            : IceGatheringState.New;
        _expect(now == derived, $"iceGatheringState is {now} while the transports are {string.Join(", ", states)}");
    }

    private void OnCandidate(IceCandidate? candidate)
    {
        if (candidate is null)
        {
            _expect(
                _gathering == IceGatheringState.Complete && _connection.IceGatheringState == IceGatheringState.Complete,
                $"the end of candidates came in {_gathering}");
            return;
        }

        var line = $"a=ice-ufrag:{candidate.UsernameFragment}\r\n";
        _expect(
            _connection.CurrentLocalDescription?.Sdp.Contains(line) == true
                || _connection.PendingLocalDescription?.Sdp.Contains(line) == true,
            "a candidate was surfaced of a generation that no local description has");
    }
}
