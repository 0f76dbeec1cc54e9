using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// One end of an SCTP association over DTLS (RFC 9260, RFC 8261) that does no I/O.
/// <para>Commands: <see cref="Connect"/>, <see cref="Send"/>, <see cref="ResetStream"/>, <see cref="Shutdown"/>, <see cref="Abort"/>.
/// Inputs: <see cref="Receive"/>, <see cref="Advance"/>. Polls, after each command and input, until they have nothing more:
/// <see cref="TryRead"/>, <see cref="Transmit"/>, <see cref="Deadline"/>. Any order of calls is safe; one thread at a time.</para>
/// </summary>
/// <remarks>W3C: what stands behind an <c>RTCSctpTransport</c>.</remarks>
public sealed partial class SctpAssociation : IDisposable
{
    private readonly SctpOptions _options;
    private readonly RandomSource _random;
    private readonly ILogger _logger;
    private readonly SegmentPool _pool = new();

    // Apart, so that what the peer's messages really hold is known.
    private readonly SegmentPool _receivePool = new();
    private readonly RingQueue<PendingEvent> _events = new();
    private readonly byte[] _cookieKey = new byte[StateCookie.KeyLength];
    private readonly long _receiveLimit;
    private readonly long _firstWindow;
    private PendingEvent _read;
    private bool _hasEnded;

    private uint _localTag;
    private uint _peerTag;
    private Tsn _localInitialTsn;
    private PeerCapabilities _peer;
    private ushort _outboundStreams;
    private SendQueue _queue;
    private RetransmissionQueue _outstanding;
    private ReceivedTsns _received = new(default);
    private Reassembly _reassembly;
    private ICongestionController _congestion;
    private DeliveryRate? _delivery;
    private Pacer _pacer;
    private RoundTripTime _roundTrip;
    private bool _isDisposed;
    private long _messagesSent;
    private long _messagesReceived;
    private long _retransmissionsBefore;
    private long _abandonedBefore;
    private long _renegedBefore;

    /// <summary>Makes an association that waits for <see cref="Connect"/> or the peer.</summary>
    /// <param name="options">Ports and limits.</param>
    /// <param name="random">Where tags, initial TSNs and the cookie's key come from.</param>
    /// <param name="logger">Told about the life of the association; never about messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public SctpAssociation(SctpOptions options, RandomSource random, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPacketSize, 512, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxPacketSize, 65_532, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.MaxPacketSize % 4, 0, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxDiscoveredPacketSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxDiscoveredPacketSize, 65_532, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxMessageSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxMessageSize, 1L << 30, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ReceiveBufferSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.InitialReceiveWindow, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.SendBufferSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfZero(options.Streams, nameof(options));
        _options = options;
        RemoteMaxMessageSize = options.RemoteMaxMessageSize;
        _random = random;
        _logger = logger;
        _random.Fill(_cookieKey);
        _receiveLimit = options.ReceiveLimit;
        _firstWindow = options.FirstWindow;
        _localTag = options.LocalInit?.Tag ?? SctpInit.NewTag(random);
        _localInitialTsn = options.LocalInit?.InitialTsn ?? new Tsn(options.InitialTsn ?? random.NextUInt32());
        Build(default);
    }

    /// <summary>How far the association has come.</summary>
    public SctpState State { get; private set; }

    /// <summary>The streams that may be used in either direction; 0 before the association is up.</summary>
    public ushort MaxStreams { get; private set; }

    /// <summary>
    /// Whether messages are held back from <see cref="TryRead"/>, and with them the events behind them: the receive window closes when the
    /// buffer fills.
    /// </summary>
    public bool ReceivePaused { get; set; }

    /// <summary>Bytes of all streams queued and not sent yet.</summary>
    public long TotalBufferedAmount => _queue.Buffered;

    /// <summary>Counts since the association was made, and its present measures.</summary>
    public SctpStatistics Statistics => new()
    {
        PacketsSent = _packetsSent,
        PacketsReceived = _packetsReceived,
        PacketsDropped = _packetsDropped,
        BytesSent = _bytesSent,
        BytesReceived = _bytesReceived,
        RetransmissionTimeouts = _timeouts,
        DuplicateTsns = _duplicateTsns,
        MessagesSent = _messagesSent,
        MessagesReceived = _messagesReceived,
        MessagesAbandoned = _abandonedBefore + _queue.MessagesAbandoned,
        Retransmissions = _retransmissionsBefore + _outstanding.Retransmissions,
        SmoothedRoundTrip = _roundTrip.Smoothed,
        RetransmissionTimeout = _roundTrip.Rto,
        CongestionWindow = _congestion.Window,
        PeerReceiveWindow = PeerWindow,
        ReceiveBufferLimit = _reassembly.Limit,
        BytesInFlight = _outstanding.InFlight,
        BytesQueued = _queue.Buffered,
        MaxPacketSize = _path.Size,
        ReceiveBufferUsed = _reassembly.Buffered,
        DataChunksRefused = _dataChunksRefused,
        ChunksIgnored = _chunksIgnored,
        TsnsReneged = _renegedBefore + _outstanding.Reneged,
        StreamResetsAbandoned = _streamResetsAbandoned,
    };

    /// <summary>What both ends can do; for tests.</summary>
    internal PeerCapabilities Agreed => _peer;

    /// <summary>Bytes of buffers in use or kept; the tests hold it to a bound.</summary>
    internal long HeldBytes => _pool.Held + _receivePool.Held;

    /// <summary>The verification tag that packets to this side bear; for fuzzing, which makes them.</summary>
    internal uint LocalTag => _localTag;

    /// <summary>What skipped messages have cost to look for; the tests hold it to a bound.</summary>
    internal long SkipSteps => _reassembly.SkipSteps;

    /// <summary>The largest message the peer takes, in bytes; 0 or less: any. A later description of the peer's may change it.</summary>
    public long RemoteMaxMessageSize { get; set; }

    internal long MaxMessageSize => _options.MaxMessageSize;

    private bool IsDrained => _queue.IsEmpty && _outstanding.IsEmpty;

    /// <summary>Bytes queued on a stream and not sent yet.</summary>
    public long BufferedAmount(StreamId stream) => _queue.Streams.TryGetValue(stream.Value, out var found) ? found.Buffered : 0;

    /// <summary>Counts of one stream since it was first used.</summary>
    public SctpStreamStatistics StreamStatistics(StreamId stream)
    {
        _queue.Streams.TryGetValue(stream.Value, out var sent);
        _reassembly.Streams.TryGetValue(stream.Value, out var received);
        return new SctpStreamStatistics(
            sent?.MessagesSent ?? 0, sent?.BytesSent ?? 0, received?.MessagesReceived ?? 0, received?.BytesReceived ?? 0);
    }

    /// <summary>
    /// Queues a message; its bytes are copied. It leaves with the next <see cref="Transmit"/> that the windows allow.
    /// </summary>
    /// <param name="stream">The stream, below <see cref="MaxStreams"/>.</param>
    /// <param name="payloadProtocolId">What the bytes are.</param>
    /// <param name="message">At least one byte, at most <see cref="RemoteMaxMessageSize"/>.</param>
    /// <param name="options">Order and reliability.</param>
    /// <param name="now">The present instant, from which a lifetime counts.</param>
    public SctpSendStatus Send(
        StreamId stream, PayloadProtocolId payloadProtocolId, ReadOnlySpan<byte> message, in SctpSendOptions options, Instant now)
    {
        if (State != SctpState.Established)
        {
            return SctpSendStatus.NotConnected;
        }

        if (message.IsEmpty)
        {
            return SctpSendStatus.Empty;
        }

        if (RemoteMaxMessageSize > 0 && message.Length > RemoteMaxMessageSize)
        {
            return SctpSendStatus.TooLarge;
        }

        if (!_queue.HasRoom(message.Length))
        {
            return SctpSendStatus.BufferFull;
        }

        return Enqueue(stream, payloadProtocolId, message, options, now);
    }

    /// <summary>
    /// Queues a message of the establishment protocol, which no buffer's bound or message size holds back: its number is bounded by the
    /// channels.
    /// </summary>
    internal SctpSendStatus SendUnchecked(StreamId stream, PayloadProtocolId payloadProtocolId, ReadOnlySpan<byte> message) =>
        State == SctpState.Established ? Enqueue(stream, payloadProtocolId, message, default, default) : SctpSendStatus.NotConnected;

    /// <summary>
    /// A channel of this side uses a stream: a reset of all streams by the peer concerns it, though nothing may ever come on it.
    /// </summary>
    internal void Use(StreamId stream) => _reassembly.Use(stream);

    /// <summary>Sets a stream's share of the path against other streams that have something to send (RFC 8831 §6.4).</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="priority">1 to 65,535; RFC 8831 names 128, 256 (usual), 512 and 1024.</param>
    public void Prioritize(StreamId stream, ushort priority) => _queue.StreamOf(stream).Weight = Math.Max((ushort)1, priority);

    /// <summary>
    /// The next thing that happened; false when there is none. The payload of the one before is gone with the call. Reading opens the
    /// receive window.
    /// </summary>
    public bool TryRead(out SctpEvent happened)
    {
        if (_read.Charge != 0)
        {
            _reassembly.Consume(_read);
            _read = default;
            OfferWindow();
        }

        if (_queue.TryTakeDecrease(out var stream, out var bytes))
        {
            happened = new SctpEvent { Kind = SctpEventKind.BufferedAmountDecreased, Stream = stream, Bytes = bytes };
            return true;
        }

        if (_events.Count == 0
            || (ReceivePaused && _events.Peek().Kind == SctpEventKind.MessageReceived)
            || !_events.TryDequeue(out var next))
        {
            happened = default;
            return false;
        }

        _read = next;
        if (next.Kind == SctpEventKind.MessageReceived)
        {
            _messagesReceived++;
        }

        happened = new SctpEvent
        {
            Kind = next.Kind,
            Stream = next.Stream,
            PayloadProtocolId = new PayloadProtocolId(next.Ppid),
            Payload = next.Payload.Memory,
            Failure = next.Ending?.Failure ?? default,
            Reason = next.Ending?.Reason,
            CauseCode = next.Ending?.CauseCode,
        };
        return true;
    }

    /// <summary>Gives buffers back. Every call is still safe; nothing is sent or accepted any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        End();
        _events.Clear();
        _pool.Trim();
        _receivePool.Trim();
    }

    // All that exists anew with each association, or with each restart of it.
    [MemberNotNull(nameof(_queue), nameof(_outstanding), nameof(_reassembly), nameof(_congestion), nameof(_roundTrip), nameof(_path))]
    private void Build(in StateCookie cookie)
    {
        _retransmissionsBefore += _outstanding?.Retransmissions ?? 0;
        _renegedBefore += _outstanding?.Reneged ?? 0;
        _abandonedBefore += _queue?.MessagesAbandoned ?? 0;
        var canAbandon = (cookie.Capabilities & PeerCapabilities.PartialReliability) != 0;
        _peer = cookie.Capabilities;
        _peerTag = cookie.PeerTag;
        _peerWindow = _peerWholeWindow = cookie.PeerWindow;
        _offeredWindow = _promised = InitialWindow;
        _payloadReceived = 0;
        _outboundStreams = cookie.OutboundStreams;
        _queue = new SendQueue(_pool, _options.SendBufferSize, IsInterleaving ? LargestFragment : 0, _options.Scheduler);
        _congestion = NewController();
        _delivery = _congestion.MeasuresDelivery ? new DeliveryRate(_congestion) : null;
        _pacer = default;
        _outstanding = new RetransmissionQueue(_queue, _localInitialTsn, canAbandon, DataHeaderLength, _delivery);
        _received = new ReceivedTsns(cookie.PeerInitialTsn + -1);
        _reassembly = new Reassembly(
            _receivePool, _events, _options.MaxMessageSize, _firstWindow, _receiveLimit, IsInterleaving, _random.NextUInt32(),
            HeldByEvents());
        _roundTrip = new RoundTripTime(_options);
        _path = NewSearch();
        _tuning = default;
        _probeEnd = null;
        _reconfigRequestNumber = _localInitialTsn.Value;
        _peerReconfigNumber = cookie.PeerInitialTsn.Value - 1;
    }

    private ICongestionController NewController() => _options switch
    {
        { CongestionController: { } make } => make(_options.MaxPacketSize),
        { CongestionControl: CongestionControl.Bbr } => new BbrController(_options.MaxPacketSize, _random),
        { CongestionControl: CongestionControl.Reno } => new RenoController(_options.MaxPacketSize),
        _ => new CubicController(_options.MaxPacketSize),
    };

    private SctpSendStatus Enqueue(
        StreamId stream, PayloadProtocolId payloadProtocolId, ReadOnlySpan<byte> message, in SctpSendOptions options, Instant now)
    {
        if (stream.Value >= _outboundStreams)
        {
            return SctpSendStatus.StreamClosed;
        }

        var outgoing = _queue.StreamOf(stream);
        if (outgoing.Reset != StreamResetState.None)
        {
            return SctpSendStatus.StreamClosed;
        }

        _queue.Enqueue(outgoing, payloadProtocolId.Value, message, options, now);
        _messagesSent++;
        return SctpSendStatus.Queued;
    }

    // What has been delivered, and not read, outlives a restart.
    private long HeldByEvents()
    {
        long held = _read.Charge;
        for (var left = _events.Count; left > 0 && _events.TryDequeue(out var pending); left--)
        {
            held += pending.Charge;
            _events.Enqueue(pending);
        }

        return held;
    }
}
