using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Dtls;
using Parley.Net;

namespace Parley;

/// <summary>
/// A connection to a peer that carries sound, pictures and data (webrtc-pc §4.4). All members may be used from any thread. Events and
/// completions come one at a time, in the order of the specification, on the synchronization context that was current when
/// the connection was made, else on a thread of Parley's or of the pool.
/// </summary>
/// <remarks>RTCPeerConnection.</remarks>
public sealed partial class PeerConnection : IAsyncDisposable
{
    private readonly OperationsChain _operations;
    private readonly List<RtpTransceiver> _transceivers = [];
    private PeerConnectionConfiguration _configuration;
    private DtlsCertificate? _ownCertificate;

    /// <summary>Makes a connection (webrtc-pc §4.4.1.1).</summary>
    /// <param name="configuration">Servers, policies and certificates; null for the defaults.</param>
    /// <param name="platform">Network, clock, scheduler and randomness; null for the machine's own.</param>
    /// <param name="loggerFactory">Where the connection logs; null for nowhere.</param>
    /// <exception cref="ArgumentException">A value is none of its enumeration, or something is null.</exception>
    /// <exception cref="RtcException">
    /// InvalidAccessError: a certificate has expired, or a TURN server lacks its credentials. SyntaxError: a server's URL is malformed.
    /// </exception>
    public PeerConnection(
        PeerConnectionConfiguration? configuration = null, Platform? platform = null, ILoggerFactory? loggerFactory = null)
    {
        Platform = platform ?? Platform.Default;
        LoggerFactory = loggerFactory ?? NullLoggerFactory.Instance;
        Logger = LoggerFactory.CreateLogger<PeerConnection>();
        configuration = (configuration ?? new PeerConnectionConfiguration()).Checked();
        var now = Platform.TimeProvider.GetUtcNow();
        if (configuration.Certificates.Any(certificate => certificate.Expires < now))
        {
            throw new RtcException(RtcErrorNames.InvalidAccessError, "A certificate has expired.");
        }

        IceServerUrl.ValidateAll(configuration.IceServers);
        _configuration = configuration;
        Queue = new EventQueue(Platform.Scheduler, SynchronizationContext.Current, Logger);
        _operations = new OperationsChain(this);
        Driver = new TransportDriver(Platform);
        AdjustPool(null);
    }

    /// <summary>Descriptions must be exchanged anew. Raised only while stable and with no method under way.</summary>
    /// <remarks>negotiationneeded.</remarks>
    public event EventHandler? NegotiationNeeded;

    /// <summary>A local candidate was gathered, or gathering ended.</summary>
    /// <remarks>icecandidate.</remarks>
    public event EventHandler<IceCandidateEventArgs>? IceCandidateGathered;

    /// <summary>A server could not be used for gathering.</summary>
    /// <remarks>icecandidateerror.</remarks>
    public event EventHandler<IceCandidateErrorEventArgs>? IceCandidateError;

    /// <summary><see cref="SignalingState"/> changed.</summary>
    /// <remarks>signalingstatechange.</remarks>
    public event EventHandler? SignalingStateChanged;

    /// <summary><see cref="IceConnectionState"/> changed.</summary>
    /// <remarks>iceconnectionstatechange.</remarks>
    public event EventHandler? IceConnectionStateChanged;

    /// <summary><see cref="IceGatheringState"/> changed.</summary>
    /// <remarks>icegatheringstatechange.</remarks>
    public event EventHandler? IceGatheringStateChanged;

    /// <summary><see cref="ConnectionState"/> changed.</summary>
    /// <remarks>connectionstatechange.</remarks>
    public event EventHandler? ConnectionStateChanged;

    /// <summary>The peer has media to send.</summary>
    /// <remarks>track.</remarks>
    public event EventHandler<TrackEventArgs>? TrackAdded;

    /// <summary>The peer opened a data channel.</summary>
    /// <remarks>datachannel.</remarks>
    public event EventHandler<DataChannelEventArgs>? DataChannelAdded;

    /// <summary>Where the exchange of descriptions stands.</summary>
    public SignalingState SignalingState { get; private set; } = SignalingState.Stable;

    /// <summary>How far the gathering of candidates has come.</summary>
    public IceGatheringState IceGatheringState { get; private set; } = IceGatheringState.New;

    /// <summary>The aggregated state of the ICE transports.</summary>
    public IceConnectionState IceConnectionState { get; private set; } = IceConnectionState.New;

    /// <summary>The aggregated state of the ICE and DTLS transports.</summary>
    public PeerConnectionState ConnectionState { get; private set; } = PeerConnectionState.New;

    /// <summary>Guards all negotiation state. Held briefly; nothing awaits, raises an event or calls a user under it.</summary>
    internal Lock Gate { get; } = new();

    internal EventQueue Queue { get; }

    internal TransportDriver Driver { get; }

    internal Platform Platform { get; }

    internal ILoggerFactory LoggerFactory { get; }

    internal ILogger Logger { get; }

    internal bool IsClosed { get; private set; }

    internal IReadOnlyList<DtlsCertificate> Certificates =>
        _configuration.Certificates.Count > 0
            ? _configuration.Certificates
            : [_ownCertificate ??= CertificateStock.Take(Platform)];

    /// <summary>
    /// The configuration in force, with its defaults; it shares nothing with the object given (webrtc-pc §4.4.2, getConfiguration).
    /// </summary>
    public PeerConnectionConfiguration GetConfiguration()
    {
        lock (Gate)
        {
            return _configuration;
        }
    }

    /// <summary>Changes the configuration (webrtc-pc §4.4.1.6). New servers and policies count from the next gathering on.</summary>
    /// <exception cref="RtcException">InvalidStateError: closed. InvalidModificationError: what cannot change would. SyntaxError: a
    /// server's URL is malformed.</exception>
    public void SetConfiguration(PeerConnectionConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration = configuration.Checked();
        lock (Gate)
        {
            ThrowIfClosed();
            var old = _configuration;
            if (!configuration.Certificates.SequenceEqual(old.Certificates)
                || configuration.BundlePolicy != old.BundlePolicy
                || configuration.RtcpMuxPolicy != old.RtcpMuxPolicy
                || configuration.SharedPort != old.SharedPort
                || (configuration.IceCandidatePoolSize != old.IceCandidatePoolSize && _setLocalDescriptionWasCalled))
            {
                throw new RtcException(
                    RtcErrorNames.InvalidModificationError,
                    "Certificates, bundle policy, RTCP mux policy and shared port cannot change, "
                    + "nor the pool's size once a local description was set.");
            }

            IceServerUrl.ValidateAll(configuration.IceServers);
            _configuration = configuration;
            AdjustPool(old);
        }
    }

    /// <summary>
    /// Closes the connection at once (webrtc-pc §4.4.2, close). It raises no events on the connection; the second call does nothing.
    /// </summary>
    public void Close()
    {
        List<Action> events = [];
        lock (Gate)
        {
            if (IsClosed)
            {
                return;
            }

            KeepStats();
            IsClosed = true;
            SignalingState = SignalingState.Closed;
            foreach (var transceiver in _transceivers.Where(transceiver => !transceiver.IsStopped))
            {
                transceiver.StopNow(events);
            }

            foreach (var channel in _dataChannels)
            {
                channel.CloseAbruptly();
            }

            SctpTransport?.CloseWithConnection();
            foreach (var transport in _transports.Concat(_retiring))
            {
                transport.CloseWithConnection();
            }

            IceConnectionState = IceConnectionState.Closed;
            ConnectionState = PeerConnectionState.Closed;

            EndGatheringWaits(events);

            // Tracks end as if their sources had: their events belong to the queue, before the peer can hear of it.
            Queue.Enqueue(() => events.ForEach(raise => raise()));
            Driver.Close();
            MarkStatsClosed();
        }
    }

    /// <summary>Closes the connection and waits until its sockets and timers are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await Driver.Completion.ConfigureAwait(false);
        lock (Gate)
        {
            _ownCertificate?.Dispose();
            _ownCertificate = null;
        }
    }

    internal void ThrowIfClosed()
    {
        if (IsClosed)
        {
            throw new RtcException(RtcErrorNames.InvalidStateError, "The connection is closed.");
        }
    }
}
