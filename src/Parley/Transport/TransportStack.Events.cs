using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Sctp;

namespace Parley;

// What the cores tell, taken to the connection's event queue.
internal sealed partial class TransportStack
{
    public void PumpEvents(Instant now)
    {
        while (_ice.TryRead(out var happened))
        {
            OnIce(happened, now);
        }

        while (_dtls is not null && _dtls.TryRead(out var happened))
        {
            OnDtls(happened, now);
        }

        PumpSctp(now);
        PumpRtp(now);
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
                _connection.OnIceChanged(_transport, CandidateConversion.ToPublic(happened.State), null, pairChanged: false);
                StartHandshakeIfPossible(now);
                break;
            case IceEventKind.SelectedPairChanged:
                var pair = _ice.SelectedPair;
                _selectedPairChanges++;
                _connection.OnIceChanged(_transport, null, pair is null ? null : CandidateConversion.ToPublic(pair), pairChanged: true);
                StartHandshakeIfPossible(now);
                break;
            case IceEventKind.RoleChanged:
                _connection.OnIceRoleChanged(_transport, _ice.Role == Ice.IceRole.Controlling);
                break;
            case IceEventKind.CandidateError:
                _connection.OnCandidateError(new IceCandidateErrorEventArgs
                {
                    Address = happened.Error!.LocalAddress.Address.ToString(),
                    Port = happened.Error.LocalAddress.Port,
                    Url = happened.Error.Url,
                    ErrorCode = happened.Error.ErrorCode,
                    ErrorText = happened.Error.ErrorText,
                });
                break;
        }
    }

    /// <summary>The handshake begins with the first pair that works, not with the one finally chosen.</summary>
    private void StartHandshakeIfPossible(Instant now)
    {
        if (_dtls is { State: DtlsState.New } && _ice.SelectedPair is not null)
        {
            _dtls.Start(now);
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
                ConnectionLog.DtlsConnected(_logger, $"{_dtls!.ProtocolVersion}", $"{_dtls.CipherSuite}", _dtls.SelectedSrtpProfile?.ToString("X4") ?? "none");
                _connection.OnDtlsChanged(_transport, DtlsTransportState.Connected, [.. _dtls.RemoteCertificate.Select(certificate => certificate.ToArray())], null);
                ConnectSctp(now);
                break;
            case DtlsEventKind.Failed:
                ConnectionLog.DtlsFailed(_logger, $"{happened.Failure}, alert {happened.Alert?.ToString() ?? "none"}");
                var detail = happened.Failure == DtlsFailure.FingerprintMismatch ? RtcErrorDetail.FingerprintFailure : RtcErrorDetail.DtlsFailure;
                var error = new RtcError(detail, $"DTLS failed: {happened.Failure}.")
                {
                    ReceivedAlert = happened.Failure == DtlsFailure.PeerAlert ? (int?)happened.Alert : null,
                    SentAlert = happened.Failure == DtlsFailure.PeerAlert ? null : (int?)happened.Alert,
                };
                _connection.OnDtlsChanged(_transport, DtlsTransportState.Failed, [], error);
                FailSctp(withError: true);
                break;
            case DtlsEventKind.CloseNotify:
                _connection.OnDtlsChanged(_transport, DtlsTransportState.Closed, [], null);
                FailSctp(withError: false);
                break;
        }
    }
}
