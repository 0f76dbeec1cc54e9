using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// One end of an SCTP association over DTLS (RFC 9260, RFC 8261) that does no I/O.
/// <para>Commands: <see cref="Connect"/>, <see cref="Send"/>, <see cref="ResetStream"/>, <see cref="Shutdown"/>, <see cref="Abort"/>.
/// Inputs:
/// <see cref="Receive"/>, <see cref="Advance"/>. Polls, after each command and input, until they have nothing more: <see cref="TryRead"/>,
/// <see cref="Transmit"/>, <see cref="Deadline"/>. Any order of calls is safe; one thread at a time.</para>
/// </summary>
/// <remarks>W3C: what stands behind an <c>RTCSctpTransport</c>.</remarks>
public sealed partial class SctpAssociation : IDisposable
{
    /// <summary>
    /// The largest packet that is looked for, in bytes: less than a DTLS record's 16,384, so that four records of them fill a segmented
    /// message of 64 KiB.
    /// </summary>
    public const int LargestPacket = 16_320;

    private readonly SctpOptions _options;
    private readonly AssociationContext _context;
    private readonly Outbox _outbox;
    private readonly Handshake _handshake;
    private readonly AssociationLifecycle _life;
    private bool _isDisposed;
    private bool _hasDataInPacket;

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
        options.Validate();
        _options = options;
        RemoteMaxMessageSize = options.RemoteMaxMessageSize;
        _context = new AssociationContext(random, logger);
        _outbox = new Outbox(options, _context.Tally);
        _handshake = new Handshake(options, random);
        _life = new AssociationLifecycle(options, _context, _outbox, _handshake);
    }

    /// <summary>How far the association has come.</summary>
    public SctpState State => _life.Phase.State;

    /// <summary>The streams that may be used in either direction; 0 before the association is up.</summary>
    public ushort MaxStreams => _life.MaxStreams;

    /// <summary>
    /// Whether messages are held back from <see cref="TryRead"/>, and with them the events behind them: the receive window closes when the
    /// buffer fills.
    /// </summary>
    public bool ReceivePaused { get; set; }

    /// <summary>Bytes of all streams queued and not sent yet.</summary>
    public long TotalBufferedAmount => Sender.Queue.Buffered;

    /// <summary>
    /// The largest packet that the next <see cref="Transmit"/> may write, in bytes; it changes as the path becomes known.
    /// </summary>
    public int NextPacketLimit => Math.Max(Sender.Path.Size, Sender.Path.Wanted);

    /// <summary>Counts since the association was made, and its present measures.</summary>
    public SctpStatistics Statistics => new()
    {
        PacketsSent = _context.Tally.PacketsSent,
        PacketsReceived = _context.Tally.PacketsReceived,
        PacketsDropped = _context.Tally.PacketsDropped,
        BytesSent = _context.Tally.BytesSent,
        BytesReceived = _context.Tally.BytesReceived,
        RetransmissionTimeouts = _context.Tally.RetransmissionTimeouts,
        DuplicateTsns = _context.Tally.DuplicateTsns,
        MessagesSent = _context.Tally.MessagesSent,
        MessagesReceived = _context.Tally.MessagesReceived,
        MessagesAbandoned = _context.Tally.MessagesAbandoned,
        Retransmissions = _context.Tally.Retransmissions,
        SmoothedRoundTrip = Sender.RoundTrip.Smoothed,
        RetransmissionTimeout = Sender.RoundTrip.Rto,
        CongestionWindow = Sender.Congestion.Window,
        PeerReceiveWindow = Sender.PeerWindow,
        ReceiveBufferLimit = Receiver.Reassembly.Limit,
        BytesInFlight = Sender.Outstanding.InFlight,
        BytesQueued = Sender.Queue.Buffered,
        MaxPacketSize = Sender.Path.Size,
        ReceiveBufferUsed = Receiver.Reassembly.Buffered,
        DataChunksRefused = _context.Tally.DataChunksRefused,
        ChunksIgnored = _context.Tally.ChunksIgnored,
        TsnsReneged = _context.Tally.TsnsReneged,
        StreamResetsAbandoned = _context.Tally.StreamResetsAbandoned,
    };

    /// <summary>What both ends can do; for tests.</summary>
    internal PeerCapabilities Agreed => _life.Block.Capabilities;

    /// <summary>Bytes of buffers in use or kept; the tests hold it to a bound.</summary>
    internal long HeldBytes => _context.SendPool.Held + _context.ReceivePool.Held;

    /// <summary>The verification tag that packets to this side bear; for fuzzing, which makes them.</summary>
    internal uint LocalTag => _handshake.LocalTag;

    /// <summary>What skipped messages have cost to look for; the tests hold it to a bound.</summary>
    internal long SkipSteps => Receiver.Reassembly.SkipSteps;

    /// <summary>The largest message the peer takes, in bytes; 0 or less: any. A later description of the peer's may change it.</summary>
    public long RemoteMaxMessageSize { get; set; }

    internal long MaxMessageSize => _options.MaxMessageSize;

    private DataSender Sender => _life.Block.Sender;

    private DataReceiver Receiver => _life.Block.Receiver;

    /// <summary>Bytes queued on a stream and not sent yet.</summary>
    public long BufferedAmount(StreamId stream) => Sender.Queue.Streams.TryGetValue(stream.Value, out var found) ? found.Buffered : 0;

    /// <summary>Counts of one stream since it was first used.</summary>
    public SctpStreamStatistics StreamStatistics(StreamId stream)
    {
        Sender.Queue.Streams.TryGetValue(stream.Value, out var sent);
        Receiver.Reassembly.Streams.TryGetValue(stream.Value, out var received);
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

        if (!Sender.Queue.HasRoom(message.Length))
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
    internal void Use(StreamId stream) => Receiver.Reassembly.Use(stream);

    /// <summary>Sets a stream's share of the path against other streams that have something to send (RFC 8831 §6.4).</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="priority">1 to 65,535; RFC 8831 names 128, 256 (usual), 512 and 1024.</param>
    public void Prioritize(StreamId stream, ushort priority) => Sender.Queue.StreamOf(stream).Weight = Math.Max((ushort)1, priority);

    /// <summary>
    /// The next thing that happened; false when there is none. The payload of the one before is gone with the call. Reading opens the
    /// receive window.
    /// </summary>
    public bool TryRead(out SctpEvent happened)
    {
        var events = _context.Events;
        if (events.Read.Charge != 0)
        {
            Receiver.Reassembly.Consume(events.Read);
            events.Release();
            if (_life.Phase.IsReceiving)
            {
                Receiver.OfferWindow();
            }
        }

        if (Sender.Queue.TryTakeDecrease(out var stream, out var bytes))
        {
            happened = new SctpEvent { Kind = SctpEventKind.BufferedAmountDecreased, Stream = stream, Bytes = bytes };
            return true;
        }

        if (!events.TryRead(ReceivePaused, out happened))
        {
            return false;
        }

        if (happened.Kind == SctpEventKind.MessageReceived)
        {
            _context.Tally.MessagesReceived++;
        }

        return true;
    }

    /// <summary>
    /// Begins to connect; the peer may have begun, too. With <see cref="SctpOptions.LocalInit"/> and <see cref="SctpOptions.RemoteInit"/>
    /// the association is established at once. Does nothing when that has happened, or after the end.
    /// </summary>
    public void Connect(Instant now) => _life.Connect(now);

    /// <summary>
    /// Ends the association once everything queued is acknowledged (RFC 9260 §9.2). Nothing more is taken by <see cref="Send"/>.
    /// </summary>
    public void Shutdown(Instant now) => _life.Shutdown(now);

    /// <summary>
    /// Ends the association at once: <see cref="Transmit"/> then writes one ABORT (RFC 9260 §9.1). What is queued is lost; what was
    /// received can still be read.
    /// </summary>
    /// <param name="reason">Told to the peer, up to 256 bytes of UTF-8.</param>
    /// <param name="now">The present instant.</param>
    public void Abort(string reason, Instant now)
    {
        ArgumentNullException.ThrowIfNull(reason);
        _ = now;
        _life.Abort(reason);
    }

    /// <summary>
    /// Packets take another path from now on: what the one before carried says nothing of it, nor does how long it has been silent. What
    /// waits for an answer is sent again after one retransmission timeout at the latest.
    /// </summary>
    /// <param name="now">The present instant.</param>
    public void ChangePath(Instant now) => Sender.ChangePath(now);

    /// <summary>
    /// The system refused a packet as too large for the way it was to take (RFC 8899 §4.6.1: what the local system tells may be believed).
    /// A probe is not waited for; when data was refused, packets are small until a probe has proved their size again.
    /// </summary>
    /// <param name="size">The smallest packet refused, in bytes.</param>
    /// <param name="now">The present instant.</param>
    public void OnPacketTooLarge(int size, Instant now) => Sender.OnPacketTooLarge(size, now);

    /// <summary>Gives buffers back. Every call is still safe; nothing is sent or accepted any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _outbox.Close();
        _life.End();
        _context.Events.Pending.Clear();
        _context.SendPool.Trim();
        _context.ReceivePool.Trim();
    }

    private SctpSendStatus Enqueue(
        StreamId stream, PayloadProtocolId payloadProtocolId, ReadOnlySpan<byte> message, in SctpSendOptions options, Instant now)
    {
        if (stream.Value >= _life.Block.OutboundStreams)
        {
            return SctpSendStatus.StreamClosed;
        }

        var outgoing = Sender.Queue.StreamOf(stream);
        if (outgoing.Reset != StreamResetState.None)
        {
            return SctpSendStatus.StreamClosed;
        }

        Sender.Queue.Enqueue(outgoing, payloadProtocolId.Value, message, options, now);
        _context.Tally.MessagesSent++;
        return SctpSendStatus.Queued;
    }
}
