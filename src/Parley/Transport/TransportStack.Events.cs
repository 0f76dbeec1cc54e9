using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Sctp;

namespace Parley;

// What the cores tell, taken to the connection's event queue.
internal sealed partial class TransportStack
{
    /// <summary>How long a handshake may take on a path that works both ways.</summary>
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the peer may take to get our description, and how long a lite peer, which never checks, may take for the handshake.
    /// </summary>
    private static readonly TimeSpan TimeForThePeer = TimeSpan.FromMinutes(10);

    private Ice.IceCandidatePair? _changedPair;
    private IceAgentState? _changedState;
    private bool _hasPairChanged;
    private bool _isConnectingTold;

    /// <summary>
    /// The generation whose path works, 0 for none, and whether it works both ways, of when the handshake was given its time.
    /// </summary>
    private (int Generation, bool IsBothWays)? _timedPath;

    /// <summary>The ICE generation by whose paths the association goes: those of before lead to the peer of the one before.</summary>
    private int _firstGeneration;

    public void PumpEvents(Instant now)
    {
        while (_ice.TryRead(out var happened))
        {
            OnIce(happened, now);
        }

        if (TellIceChange())
        {
            StartHandshakeIfPossible(now);
        }

        TimeHandshake(now);
        while (_dtls is not null && _dtls.TryRead(out var happened))
        {
            OnDtls(happened, now);
        }

        PumpSctp(now);
        PumpRtp(now);
    }

    /// <summary>
    /// The handshake's time begins when a path works both ways, and anew with that of an ICE restart. An answerer's checks succeed before
    /// the offerer has its answer (RFC 8445 §7.3), which may be minutes later; that it has come is known by the peer's own checks. While no
    /// path works, ICE tells of it.
    /// </summary>
    private void TimeHandshake(Instant now)
    {
        if (_dtls is not { State: DtlsState.New or DtlsState.Connecting })
        {
            return;
        }

        var works = _ice.State is IceAgentState.Connected or IceAgentState.Completed
            && _ice.SelectedPair is { } pair
            && pair.GenerationNumber >= _firstGeneration;
        var path = (works ? _ice.SelectedPair!.GenerationNumber : 0, works && _ice.HasBeenChecked);
        if (_timedPath != path)
        {
            _timedPath = path;
            _dtls.LimitHandshake(works ? now + (_ice.HasBeenChecked ? HandshakeTime : TimeForThePeer) : null);
        }
    }

    private void OnIce(in IceEvent happened, Instant now)
    {
        switch (happened.Kind)
        {
            case IceEventKind.CandidateGathered:
                var candidate = happened.Candidate!;
                _connection.OnCandidateGathered(_transport, CandidateConversion.ToSdp(candidate, _localUfrag), _localUfrag, candidate.Url);
                break;
            case IceEventKind.GatheringStateChanged:
                _connection.OnGatheringChanged(_transport, CandidateConversion.ToPublic(happened.GatheringState), _localUfrag);
                break;
            case IceEventKind.StateChanged:
                if (_changedState is not null)
                {
                    TellIceChange();
                }

                _changedState = happened.State;
                break;
            case IceEventKind.SelectedPairChanged:
                if (_hasPairChanged)
                {
                    TellIceChange();
                }

                TellFragments();
                _selectedPairChanges++;
                _estimatedBitrate = null;
                _association?.ChangePath(now);
                _hasPairChanged = true;
                _changedPair = happened.Pair;
                break;
            case IceEventKind.SelectedPairNamed:
                _connection.OnSelectedPairNamed(_transport, happened.Pair!);
                break;
            case IceEventKind.RoleChanged:
                _connection.OnIceRoleChanged(_transport, _ice.Role == Ice.IceRole.Controlling);
                break;
            case IceEventKind.CandidateError:
                _connection.OnCandidateError(_transport, new IceCandidateErrorEventArgs
                {
                    Address = happened.Error!.LocalAddress.Port == 0 ? null : happened.Error.LocalAddress.Address.ToString(),
                    Port = happened.Error.LocalAddress.Port == 0 ? null : (ushort)happened.Error.LocalAddress.Port,
                    Url = happened.Error.Url,
                    ErrorCode = happened.Error.ErrorCode,
                    ErrorText = happened.Error.ErrorText,
                });
                break;
        }
    }

    /// <summary>webrtc-pc §5.6: "the selected pair and RTCIceTransportState are related and are handled in the same task".</summary>
    private bool TellIceChange()
    {
        if (!_hasPairChanged && _changedState is null)
        {
            return false;
        }

        _connection.OnIceChanged(_transport, _changedState, _changedPair, _hasPairChanged);
        (_hasPairChanged, _changedPair, _changedState) = (false, null, null);
        return true;
    }

    private void TellConnecting()
    {
        if (!_isConnectingTold && _dtls is not null and not { State: DtlsState.New })
        {
            _isConnectingTold = true;
            _connection.OnDtlsChanged(_transport, DtlsTransportState.Connecting, [], null);
        }
    }

    /// <summary>The handshake begins with the first pair that works, not with the one finally chosen.</summary>
    private void StartHandshakeIfPossible(Instant now)
    {
        if (_dtls is { State: DtlsState.New } && _ice.SelectedPair is { } pair && pair.GenerationNumber >= _firstGeneration)
        {
            _dtls.Start(now);
            TellConnecting();
        }
    }

    private void ReceiveDtls(Span<byte> datagram, Instant now)
    {
        if (_dtls is null)
        {
            if (_earlyDatagrams.Count < MaxEarlyDatagrams)
            {
                _earlyDatagrams.Add(datagram.ToArray());
            }

            return;
        }

        _dtls.Receive(datagram, now);
        TellConnecting();
        while (_dtls.TryRead(out var happened))
        {
            OnDtls(happened, now);
        }

        while (_dtls.TryReadApplicationData(datagram, out var plaintext))
        {
            ReceiveSctp(plaintext, now);
        }
    }

    private void OnDtls(in DtlsEvent happened, Instant now)
    {
        switch (happened.Kind)
        {
            case DtlsEventKind.Connected:
                CreateSrtpContexts();
                ConnectionLog.DtlsConnected(
                    _logger, $"{_dtls!.ProtocolVersion}", $"{_dtls.CipherSuite}", _dtls.SelectedSrtpProfile?.ToString("X4") ?? "none");
                _connection.OnDtlsChanged(_transport, DtlsTransportState.Connected,
                    [.. _dtls.RemoteCertificate.Select(certificate => certificate.ToArray())], null);
                ConnectSctp(now);
                break;
            case DtlsEventKind.Failed:
                ConnectionLog.DtlsFailed(_logger, $"{happened.Failure}, alert {happened.Alert?.ToString() ?? "none"}");
                var detail = happened.Failure == DtlsFailure.FingerprintMismatch
                    ? RtcErrorDetail.FingerprintFailure
                    : RtcErrorDetail.DtlsFailure;
                var error = new RtcError(detail, $"DTLS failed: {happened.Failure}.")
                {
                    // webrtc-pc §11.1: the alerts belong to "dtls-failure" alone.
                    ReceivedAlert = happened.Failure == DtlsFailure.PeerAlert ? (int?)happened.Alert : null,
                    SentAlert = happened.Failure is DtlsFailure.PeerAlert or DtlsFailure.FingerprintMismatch ? null : (int?)happened.Alert,
                };
                _connection.OnDtlsChanged(_transport, DtlsTransportState.Failed, [], error);
                FailSctp(new RtcError(RtcErrorDetail.SctpFailure, "The DTLS transport below failed."));
                break;
            case DtlsEventKind.CloseNotify:
                _connection.OnDtlsChanged(_transport, DtlsTransportState.Closed, [], null);
                FailSctp(null);
                break;
        }
    }
}
