using Microsoft.Extensions.Logging;
using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Srtp;

namespace Parley.Transport;

// The DTLS association, which begins with the first path that works.
public sealed partial class BundleTransport
{
    /// <summary>A handshake message of the peer's may overtake its answer: a few datagrams are kept until the role is known.</summary>
    private const int MaxEarlyDatagrams = 8;

    /// <summary>How long a handshake may take on a path that works both ways.</summary>
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the peer may take to get our description, and how long a lite peer, which never checks, may take for the handshake.
    /// </summary>
    private static readonly TimeSpan TimeForThePeer = TimeSpan.FromMinutes(10);

    private readonly List<byte[]> _earlyDatagrams = [];
    private DtlsEndpoint? _dtls;
    private bool _isConnectingTold;

    /// <summary>
    /// The generation whose path works, 0 for none, and whether it works both ways, of when the handshake was given its time.
    /// </summary>
    private (int Generation, bool IsBothWays)? _timedPath;

    /// <summary>The ICE generation by whose paths the association goes: those of before lead to the peer of the one before.</summary>
    private int _firstGeneration;

    /// <summary>The certificate in use; null before a plan has DTLS.</summary>
    public DtlsCertificate? LocalCertificate => _dtls?.LocalCertificate;

    /// <summary>The peer's certificate chain, the leaf first; empty before the handshake has brought it.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RemoteCertificate => _dtls?.RemoteCertificate ?? [];

    /// <summary>The version of DTLS; null before the handshake is done.</summary>
    public DtlsProtocolVersion? DtlsVersion => _dtls?.ProtocolVersion;

    /// <summary>The cipher suite; null before the handshake is done.</summary>
    public DtlsCipherSuite? CipherSuite => _dtls?.CipherSuite;

    /// <summary>The protection profile of media; null before the handshake is done, and when none was agreed on.</summary>
    public SrtpProfile? SrtpProfile => (SrtpProfile?)_dtls?.SelectedSrtpProfile;

    private void StartDtls(DtlsPlan plan, Instant now)
    {
        _dtls = new DtlsEndpoint(
            new DtlsOptions
            {
                Role = plan.Role,
                Certificate = plan.Certificates[0],
                AlternativeCertificates = [.. plan.Certificates.Skip(1)],
                RemoteFingerprints = plan.Fingerprints,
                SrtpProfiles = [.. MediaLayer.SupportedProfiles.Select(profile => (ushort)profile)],
            },
            _random,
            _loggers.CreateLogger<DtlsEndpoint>());
        StartHandshakeIfPossible(now);
        foreach (var datagram in _earlyDatagrams)
        {
            ReceiveDtls(datagram, now);
        }

        _earlyDatagrams.Clear();
    }

    /// <summary>
    /// RFC 9429 §5.11: "tear down the DTLS connection". Nothing is said on the wire: where the old peer was, a new one may be that takes a
    /// close_notify for its own.
    /// </summary>
    private void TearDownDtls()
    {
        _dtls!.Dispose();
        _dtls = null;
        _media.ForgetKeys();
        _earlyDatagrams.Clear();
        _isConnectingTold = false;
        _timedPath = null;
        _firstGeneration = _ice.Generation;
        _events.Enqueue(TransportEvent.Dtls(DtlsState.New));
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
        ReadDtls(now);
        while (_dtls.TryReadApplicationData(datagram, out var plaintext))
        {
            _data.Receive(plaintext, now);
        }
    }

    private void FillWithDtls(DatagramBatch batch, in Path path, Instant now)
    {
        var headroom = path.Local.Headroom;
        while (_dtls is not null && batch.Reserve(headroom + MaxPacket) is { IsEmpty: false } room)
        {
            var length = _dtls.Transmit(room[headroom..], now);
            if (length == 0)
            {
                return;
            }

            batch.Commit(headroom + length, path.Remote);
        }
    }

    private void SettleDtls(Instant now)
    {
        TimeHandshake(now);
        ReadDtls(now);
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
            && _ice.SelectedPair is { } pair && pair.GenerationNumber >= _firstGeneration;
        var path = (works ? _ice.SelectedPair!.GenerationNumber : 0, works && _ice.HasBeenChecked);
        if (_timedPath != path)
        {
            _timedPath = path;
            _dtls.LimitHandshake(works ? now + (_ice.HasBeenChecked ? HandshakeTime : TimeForThePeer) : null);
        }
    }

    private void TellConnecting()
    {
        if (!_isConnectingTold && _dtls is not null and not { State: DtlsState.New })
        {
            _isConnectingTold = true;
            _events.Enqueue(TransportEvent.Dtls(DtlsState.Connecting));
        }
    }

    private void ReadDtls(Instant now)
    {
        while (_dtls is not null && _dtls.TryRead(out var happened))
        {
            switch (happened.Kind)
            {
                case DtlsEventKind.Connected:
                    OnDtlsConnected(now);
                    break;
                case DtlsEventKind.Failed:
                    TransportLog.DtlsFailed(_logger, $"{happened.Failure}, alert {happened.Alert?.ToString() ?? "none"}");
                    _events.Enqueue(TransportEvent.Dtls(DtlsState.Failed, happened.Failure, happened.Alert));
                    OnCarrierEnded(TransportEventKind.SctpCarrierFailed);
                    break;
                case DtlsEventKind.CloseNotify:
                    _events.Enqueue(TransportEvent.Dtls(DtlsState.Closed));
                    OnCarrierEnded(TransportEventKind.SctpClosed);
                    break;
            }
        }
    }

    private void OnCarrierEnded(TransportEventKind told)
    {
        if (_data.OnCarrierEnded())
        {
            _events.Enqueue(TransportEvent.Of(told));
        }
    }

    private void OnDtlsConnected(Instant now)
    {
        _media.UseKeysOf(_dtls!);
        var profile = _dtls!.SelectedSrtpProfile?.ToString("X4") ?? "none";
        TransportLog.DtlsConnected(_logger, $"{_dtls.ProtocolVersion}", $"{_dtls.CipherSuite}", profile);
        _events.Enqueue(TransportEvent.Dtls(DtlsState.Connected));
        _data.Connect(_dtls, now);
    }
}
