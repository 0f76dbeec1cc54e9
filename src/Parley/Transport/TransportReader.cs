using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Rtp;
using Parley.Sctp;
using Parley.Transport;

namespace Parley;

/// <summary>
/// Reads the events of one transport for its connection, in order, and takes them to the event queue, the channels and the tracks. In the
/// driver's turns.
/// </summary>
internal sealed partial class TransportReader(PeerConnection connection, PeerTransport transport) : ITransportOwner
{
    private BundleTransport Core => transport.Driven.Core;

    public void OnEvent(in TransportEvent happened, Instant now)
    {
        switch (happened.Kind)
        {
            case TransportEventKind.CandidateGathered:
                var candidate = happened.Candidate!;
                var ufrag = candidate.UsernameFragment!;
                connection.OnCandidateGathered(transport, CandidateConversion.ToSdp(candidate, ufrag), ufrag, candidate.Url);
                break;
            case TransportEventKind.GatheringStateChanged:
                connection.OnGatheringChanged(transport, CandidateConversion.ToPublic(happened.GatheringState), happened.UsernameFragment!);
                break;
            case TransportEventKind.CandidateError:
                connection.OnCandidateError(transport, ArgsOf(happened.CandidateError!));
                break;
            case TransportEventKind.IceChanged:
                connection.OnIceChanged(transport, happened.IceState, happened.Pair, happened.IsPairChanged);
                break;
            case TransportEventKind.SelectedPairNamed:
                connection.OnSelectedPairNamed(transport, happened.Pair!);
                break;
            case TransportEventKind.RoleChanged:
                connection.OnIceRoleChanged(transport, happened.Role == Ice.IceRole.Controlling);
                break;
            case TransportEventKind.DtlsChanged:
                OnDtls(happened);
                break;
            case TransportEventKind.FrameReceived or TransportEventKind.StreamEnded or TransportEventKind.KeyFrameRequested
                or TransportEventKind.ToneStarted or TransportEventKind.ToneEnded:
                OnMedia(happened, now);
                break;
            default:
                OnData(happened);
                break;
        }
    }

    public void BeginTurnHere() => connection.Queue.BeginTurnHere();

    public void EndTurnHere() => connection.Queue.EndTurnHere();

    public void OnFailed(Exception error) => connection.OnTransportFailed();

    private static IceCandidateErrorEventArgs ArgsOf(IceCandidateError error) => new()
    {
        Address = error.LocalAddress.Port == 0 ? null : error.LocalAddress.Address.ToString(),
        Port = error.LocalAddress.Port == 0 ? null : (ushort)error.LocalAddress.Port,
        Url = error.Url,
        ErrorCode = error.ErrorCode,
        ErrorText = error.ErrorText,
    };

    private void OnDtls(in TransportEvent happened)
    {
        switch (happened.DtlsState)
        {
            case DtlsState.Connected:
                byte[][] chain = [.. Core.RemoteCertificate.Select(static certificate => certificate.ToArray())];
                connection.OnDtlsChanged(transport, DtlsTransportState.Connected, chain, null);
                break;
            case DtlsState.Failed:
                connection.OnDtlsChanged(transport, DtlsTransportState.Failed, [], ErrorOf(happened.DtlsFailure, happened.Alert));
                break;
            case var state:
                connection.OnDtlsChanged(transport, StateOf(state), [], null);
                break;
        }
    }

    private static DtlsTransportState StateOf(DtlsState state) => state switch
    {
        DtlsState.New => DtlsTransportState.New,
        DtlsState.Connecting => DtlsTransportState.Connecting,
        _ => DtlsTransportState.Closed,
    };

    private static RtcError ErrorOf(DtlsFailure failure, AlertDescription? alert)
    {
        var detail = failure == DtlsFailure.FingerprintMismatch ? RtcErrorDetail.FingerprintFailure : RtcErrorDetail.DtlsFailure;
        return new RtcError(detail, $"DTLS failed: {failure}.")
        {
            // webrtc-pc §11.1: the alerts belong to "dtls-failure" alone.
            ReceivedAlert = failure == DtlsFailure.PeerAlert ? (int?)alert : null,
            SentAlert = failure is DtlsFailure.PeerAlert or DtlsFailure.FingerprintMismatch ? null : (int?)alert,
        };
    }
}
