using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls;

/// <summary>
/// One end of a DTLS 1.2 connection (RFC 6347) that does no I/O.
/// <para>Commands: <see cref="Start"/>, <see cref="SetRemoteFingerprints"/>, <see cref="Protect"/>, <see cref="ProtectInPlace"/>,
/// <see cref="Close"/>. Inputs: <see cref="Receive"/>, <see cref="Advance"/>. Polls, after each command and input and until they
/// have nothing more: <see cref="TryReadApplicationData"/> (before the next <see cref="Receive"/>), <see cref="TryRead"/>,
/// <see cref="Transmit"/>, <see cref="Deadline"/>. Any order of calls is safe; one thread at a time.</para>
/// </summary>
/// <remarks>W3C: what stands behind an <c>RTCDtlsTransport</c>.</remarks>
public sealed partial class DtlsEndpoint : IDisposable
{
    private readonly DtlsOptions _options;
    private readonly ILogger _logger;
    private readonly RecordLayer _records = new();
    private readonly Flight _flight = new();
    private readonly Reassembly _reassembly;
    private readonly Retransmission _retransmission;
    private readonly Queue<DtlsEvent> _events = new(2);
    private IReadOnlyList<CertificateFingerprint> _remoteFingerprints;
    private Handshake? _handshake;
    private Instant? _handshakeDeadline;
    private bool _isLimitGiven;
    private CipherSuiteParameters _suite;
    private byte[] _masterSecret = [];
    private byte[] _randoms = [];
    private bool _isCertificateVerified;
    private bool _isHandshakeComplete;
    private bool _hasExtendedMasterSecret;

    /// <summary>Makes an endpoint that waits for <see cref="Start"/>; a server also for the peer's first datagram.</summary>
    /// <param name="options">Role, certificate and limits.</param>
    /// <param name="random">Where the hellos' randoms and the keys on x25519 come from. Keys on other curves and signatures draw theirs
    /// from the platform.</param>
    /// <param name="logger">Told about the life of the connection; never about keys or content.</param>
    /// <exception cref="ArgumentOutOfRangeException">The MTU is below 128 bytes, or a duration is not positive.</exception>
    public DtlsEndpoint(DtlsOptions options, RandomSource random, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Mtu, 128, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.InitialRetransmission, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.MaximumRetransmission, TimeSpan.Zero, nameof(options));
        _options = options;
        _logger = logger;
        _remoteFingerprints = options.RemoteFingerprints;
        LocalCertificate = options.Certificate;
        _reassembly = new Reassembly(options.ReassemblyLimit);
        _retransmission = new Retransmission(options.InitialRetransmission, options.MaximumRetransmission);
        _handshake = options.Role == DtlsRole.Client ? new ClientHandshake(options, random) : new ServerHandshake(options, random);
    }

    /// <summary>How far the endpoint has come.</summary>
    public DtlsState State { get; private set; }

    /// <summary>The side it takes.</summary>
    public DtlsRole Role => _options.Role;

    /// <summary>The suite agreed on; null before the end of the handshake.</summary>
    public DtlsCipherSuite? CipherSuite => _isHandshakeComplete ? _suite.Suite : null;

    /// <summary>The version agreed on; null before the end of the handshake.</summary>
    public DtlsProtocolVersion? ProtocolVersion => _isHandshakeComplete ? DtlsProtocolVersion.Dtls12 : null;

    /// <summary>The SRTP protection profile agreed on (RFC 5764 §4.1.2); null when there is none, or not yet.</summary>
    public ushort? SelectedSrtpProfile { get; private set; }

    /// <summary>The peer's certificates in DER, its own first; empty until they have come.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RemoteCertificate { get; private set; } = [];

    /// <summary>The certificate that this side presents; until the handshake has chosen, the first.</summary>
    public DtlsCertificate LocalCertificate { get; private set; }

    /// <summary>Counts since the endpoint was made.</summary>
    public DtlsStatistics Statistics
    {
        get => field with { ContradictingFragments = _reassembly.Contradictions };
        private set;
    }

    /// <summary>Where in a record's buffer its plaintext stands for <see cref="ProtectInPlace"/>, in bytes.</summary>
    public int RecordHeaderLength => RecordLayer.ContentOffset(1);

    /// <summary>Bytes that a record of application data has more than its plaintext, header included.</summary>
    public int RecordOverhead => RecordLayer.Overhead(1);

    /// <summary>When to call <see cref="Advance"/> at the latest; null: nothing depends on time.</summary>
    public Instant? Deadline => State is DtlsState.New or DtlsState.Connecting && !_isHandshakeComplete
        ? Instant.Earliest(_retransmission.Deadline, _handshakeDeadline)
        : null;

    /// <summary>The group of the key exchange; null until connected.</summary>
    internal Wire.NamedGroup? Group { get; private set; }

    /// <summary>Bytes of the peer's handshake that wait for something, early records included.</summary>
    internal int BufferedBytes => _reassembly.Bytes + _early.Sum(record => record.Length);

    /// <summary>Begins: a client's hello is ready to be sent. A second call, or one after the end, does nothing.</summary>
    public void Start(Instant now)
    {
        if (State != DtlsState.New)
        {
            return;
        }

        State = DtlsState.Connecting;
        _logger.HandshakeBegins(_options.Role);
        _handshake!.Start();
        if (_handshake.TryTakeFlight(_flight))
        {
            LimitByOptions(now);
        }
    }

    /// <summary>
    /// Tells which certificate the peer must present. Where its certificate has come already it is verified now: the endpoint
    /// becomes connected, or fails with bad_certificate. Later calls replace the list for certificates still to come.
    /// </summary>
    public void SetRemoteFingerprints(IReadOnlyList<CertificateFingerprint> fingerprints)
    {
        ArgumentNullException.ThrowIfNull(fingerprints);
        _remoteFingerprints = fingerprints;
        if (State == DtlsState.Connecting)
        {
            VerifyCertificate();
            ConnectWhenDone();
        }
    }

    /// <summary>
    /// Sets when the handshake fails if it is not complete by then, begun or not. From the first call on
    /// <see cref="DtlsOptions.HandshakeTimeout"/> counts no more: whoever knows the path below knows since when the peer could have
    /// answered.
    /// </summary>
    /// <param name="until">The end; null: none for now.</param>
    public void LimitHandshake(Instant? until)
    {
        _isLimitGiven = true;
        _handshakeDeadline = until;
    }

    /// <summary>Time has passed: a flight may be due again, or the handshake may have taken too long.</summary>
    public void Advance(Instant now)
    {
        if (State is not (DtlsState.New or DtlsState.Connecting) || _isHandshakeComplete)
        {
            return;
        }

        if (now >= _handshakeDeadline)
        {
            Fail(DtlsFailure.Timeout, null);
        }
        else if (_retransmission.Expire(now))
        {
            RepeatFlight("no answer in time");
        }
    }

    /// <summary>The next thing that happened; false when there is none.</summary>
    public bool TryRead(out DtlsEvent happened) => _events.TryDequeue(out happened);

    /// <summary>
    /// Ends the connection: <see cref="Transmit"/> then writes one close_notify (RFC 5246 §7.2.1). Nothing more is protected or
    /// accepted; what was agreed can still be read.
    /// </summary>
    /// <param name="now">The present instant; not used yet by DTLS 1.2.</param>
    public void Close(Instant now)
    {
        _ = now;
        if (State is DtlsState.Closed or DtlsState.Failed)
        {
            return;
        }

        if (State != DtlsState.New)
        {
            QueueAlert(AlertLevel.Warning, AlertDescription.CloseNotify);
        }

        _logger.Closed("this side");
        End(DtlsState.Closed);
    }

    /// <summary>
    /// Derives keying material (RFC 5705 §4) without a context, as DTLS-SRTP does with the label <c>EXTRACTOR-dtls_srtp</c> (RFC 5764
    /// §4.2).
    /// </summary>
    /// <param name="label">An ASCII label.</param>
    /// <param name="destination">Filled whole.</param>
    /// <exception cref="InvalidOperationException">The endpoint has never been connected, or is disposed.</exception>
    public void ExportKeyingMaterial(string label, Span<byte> destination) => Export(label, false, default, destination);

    /// <summary>Derives keying material (RFC 5705 §4) for a context; an empty one is not the same as none.</summary>
    /// <param name="label">An ASCII label.</param>
    /// <param name="context">The context, up to 65,535 bytes.</param>
    /// <param name="destination">Filled whole.</param>
    /// <exception cref="ArgumentException">The context is too long.</exception>
    /// <exception cref="InvalidOperationException">The endpoint has never been connected, or is disposed.</exception>
    public void ExportKeyingMaterial(string label, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(context.Length, ushort.MaxValue, nameof(context));
        Export(label, true, context, destination);
    }

    /// <summary>Wipes the keys. Every call is still safe; nothing is sent or accepted any more.</summary>
    public void Dispose()
    {
        if (State is not DtlsState.Failed)
        {
            State = DtlsState.Closed;
        }

        End(State);
        _flight.Clear();
        _alerts = default;
        _records.Dispose();
        CryptographicOperations.ZeroMemory(_masterSecret);
        _masterSecret = [];
    }

    private void LimitByOptions(Instant now)
    {
        if (!_isLimitGiven)
        {
            _handshakeDeadline ??= now + _options.HandshakeTimeout;
        }
    }

    private void Export(string label, bool hasContext, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (_masterSecret.Length == 0)
        {
            throw new InvalidOperationException("Keying material exists once the endpoint is connected, until it is disposed.");
        }

        KeySchedule.Export(_suite.Hash, _masterSecret, label, _randoms, hasContext, context, destination);
    }

    // RFC 8122 §5. The peer's possession of the key is proved by the handshake's signatures and Finished.
    private void VerifyCertificate()
    {
        if (_isCertificateVerified || RemoteCertificate.Count == 0 || _remoteFingerprints.Count == 0)
        {
            return;
        }

        if (CertificateFingerprint.AnyMatches(_remoteFingerprints, RemoteCertificate[0].Span))
        {
            _isCertificateVerified = true;
        }
        else
        {
            Fail(DtlsFailure.FingerprintMismatch, AlertDescription.BadCertificate);
        }
    }

    private void CompleteHandshake(Handshake handshake)
    {
        _isHandshakeComplete = true;
        _suite = handshake.Suite;
        LocalCertificate = handshake.Certificate;
        _randoms = handshake.Randoms;
        _hasExtendedMasterSecret = handshake.ExtendedMasterSecret;
        SelectedSrtpProfile = handshake.SrtpProfile;
        _retransmission.Stop();
        _reassembly.Clear();
        _early.Clear();

        // RFC 6347 §4.2.4: the one who sent the last flight, the server, keeps it for a client that has not got it.
        if (_options.Role == DtlsRole.Client)
        {
            _flight.Clear();
        }

        ConnectWhenDone();
        if (!_isCertificateVerified && State == DtlsState.Connecting)
        {
            _logger.AwaitsFingerprints();
        }
    }

    private void ConnectWhenDone()
    {
        if (State != DtlsState.Connecting || !_isHandshakeComplete || !_isCertificateVerified)
        {
            return;
        }

        State = DtlsState.Connected;
        _masterSecret = _handshake!.TakeMasterSecret();
        Group = _handshake.Group;
        _handshake.Dispose();
        _handshake = null;
        _logger.Connected(_suite.Suite, Group, SelectedSrtpProfile, _hasExtendedMasterSecret);
        _events.Enqueue(new DtlsEvent(DtlsEventKind.Connected));
    }

    private void Fail(DtlsFailure failure, AlertDescription? alert)
    {
        _logger.Failed(failure, alert);
        _flight.Clear();
        if (alert is { } description && failure != DtlsFailure.PeerAlert)
        {
            QueueAlert(AlertLevel.Fatal, description);
        }

        End(DtlsState.Failed);
        WipeUnusedKeys();
        _events.Enqueue(new DtlsEvent(DtlsEventKind.Failed, failure, alert));
    }

    // The alert that tells of the failure is the last thing the keys are for.
    private void WipeUnusedKeys()
    {
        if (State == DtlsState.Failed && !_alerts.First.IsWaiting)
        {
            _records.Dispose();
        }
    }

    private void End(DtlsState state)
    {
        if (!_isHandshakeComplete)
        {
            _flight.Clear();
        }

        State = state;
        _retransmission.Stop();
        _reassembly.Clear();
        _early.Clear();
        _handshake?.Dispose();
        _handshake = null;
    }
}
