using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace Parley;

/// <summary>
/// Messages both ways between two peers, reliable or not, ordered or not (webrtc-pc §6.2). All members may be used from any thread;
/// events come on the connection's event queue.
/// </summary>
/// <remarks>RTCDataChannel.</remarks>
public sealed class DataChannel
{
    /// <summary>
    /// Above this many bytes in <see cref="BufferedAmount"/>, <see cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/> waits.
    /// </summary>
    public const long SendAsyncWatermark = 1024 * 1024;

    private readonly PeerConnection _connection;
    private readonly Queue<TaskCompletionSource> _roomWaiters = new();
    private readonly Action _reduceBufferedAmount;
    private Channel<DataChannelMessage>? _reader;
    private long _messagesSent, _bytesSent, _messagesReceived, _bytesReceived;
    private long _bufferedAmount;
    private long _bytesLeaving;
    private DataChannelState _readyState = DataChannelState.Connecting;
    private long _bufferedAmountLowThreshold;

    /// <summary>Orders channels by the number that each gets when it is made.</summary>
    internal static IComparer<DataChannel> ByNumber { get; } =
        Comparer<DataChannel>.Create(static (one, other) => one.StatsId.CompareTo(other.StatsId));

    internal DataChannel(PeerConnection connection, string label, DataChannelInit init)
    {
        _connection = connection;
        _reduceBufferedAmount = ReduceBufferedAmount;
        StatsId = connection.NextChannelNumber();
        Label = label;
        Ordered = init.Ordered;
        MaxPacketLifeTime = init.MaxPacketLifeTime;
        MaxRetransmits = init.MaxRetransmits;
        Protocol = init.Protocol;
        Negotiated = init.Negotiated;
        Id = init.Negotiated ? init.Id : null;
    }

    /// <summary>Messages can be sent.</summary>
    /// <remarks>open.</remarks>
    public event EventHandler? Opened;

    /// <summary>A message arrived. Not raised while <see cref="ReadAllAsync"/> is in use.</summary>
    /// <remarks>message.</remarks>
    public event EventHandler<DataChannelMessageEventArgs>? MessageReceived;

    /// <summary><see cref="BufferedAmount"/> fell to <see cref="BufferedAmountLowThreshold"/> or below.</summary>
    /// <remarks>bufferedamountlow.</remarks>
    public event EventHandler? BufferedAmountLow;

    /// <summary>The channel met an error.</summary>
    /// <remarks>error.</remarks>
    public event EventHandler<ErrorEventArgs>? ErrorOccurred;

    /// <summary>The peer has begun to close the channel.</summary>
    /// <remarks>closing.</remarks>
    public event EventHandler? Closing;

    /// <summary>The channel is closed.</summary>
    /// <remarks>close.</remarks>
    public event EventHandler? Closed;

    /// <summary>The label given when it was made. Labels need not be unique.</summary>
    public string Label { get; }

    /// <summary>Whether messages arrive in the order they were sent.</summary>
    public bool Ordered { get; }

    /// <summary>For how many milliseconds a message is sent and sent again; null for as long as it takes.</summary>
    public ushort? MaxPacketLifeTime { get; }

    /// <summary>How often a message is sent again; null for as often as it takes.</summary>
    public ushort? MaxRetransmits { get; }

    /// <summary>The subprotocol's name, or empty.</summary>
    public string Protocol { get; }

    /// <summary>Whether both sides opened it by themselves.</summary>
    public bool Negotiated { get; }

    /// <summary>The id, which is the number of the SCTP stream; null before it is known.</summary>
    public ushort? Id { get; internal set; }

    /// <summary>The channel's state.</summary>
    public DataChannelState ReadyState
    {
        get => _readyState;
        internal set
        {
            if (_readyState != value)
            {
                _connection.CountChannelState(from: _readyState, to: value);
                _readyState = value;
            }
        }
    }

    /// <summary>
    /// Bytes handed to Send that have not been handed to the network yet. It falls only between tasks of the event queue, never during an
    /// event, and keeps its value when the channel closes (webrtc-pc §6.2, bufferedAmount).
    /// </summary>
    public long BufferedAmount => Interlocked.Read(ref _bufferedAmount);

    /// <summary>
    /// At or below which <see cref="BufferedAmount"/> raises <see cref="BufferedAmountLow"/>, in bytes, 0 to 4,294,967,295; 0 at first.
    /// </summary>
    public long BufferedAmountLowThreshold
    {
        get => Interlocked.Read(ref _bufferedAmountLowThreshold);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, uint.MaxValue);
            Interlocked.Exchange(ref _bufferedAmountLowThreshold, value);
        }
    }

    /// <summary>Whether the association knows the channel.</summary>
    internal bool IsAttached { get; set; }

    /// <summary>The transport that carries it; null before the association knows it.</summary>
    internal PeerTransport? Carrier { get; set; }

    /// <summary>The association's name for it; only the driver's turns touch it.</summary>
    internal Sctp.DataChannelHandle Handle { get; set; }

    /// <summary>What has come for the channel's user and was not taken.</summary>
    internal DeliveryAccount Delivery { get; } = new(DeliveryAccount.MostOfChannel);

    /// <summary>Names it in statistics.</summary>
    internal int StatsId { get; }

    internal long MessagesSent => Interlocked.Read(ref _messagesSent);

    internal long BytesSent => Interlocked.Read(ref _bytesSent);

    internal long MessagesReceived => Interlocked.Read(ref _messagesReceived);

    internal long BytesReceived => Interlocked.Read(ref _bytesReceived);

    /// <summary>Sends text (webrtc-pc §6.2, send).</summary>
    /// <exception cref="RtcException">InvalidStateError: not open. OperationError: more is buffered than the association takes.</exception>
    /// <exception cref="ArgumentException">The message is larger than <see cref="SctpTransport.MaxMessageSize"/>.</exception>
    public void Send(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Send(Encoding.UTF8.GetBytes(text), isBinary: false);
    }

    /// <summary>Sends bytes (webrtc-pc §6.2, send). They are copied before the call returns.</summary>
    /// <exception cref="RtcException">InvalidStateError: not open. OperationError: more is buffered than the association takes.</exception>
    /// <exception cref="ArgumentException">The message is larger than <see cref="SctpTransport.MaxMessageSize"/>.</exception>
    public void Send(ReadOnlySpan<byte> data) => Send(data, isBinary: true);

    /// <summary>Sends text as soon as there is room for it (<see cref="SendAsyncWatermark"/>).</summary>
    /// <inheritdoc cref="Send(string)" path="/exception"/>
    public async ValueTask SendAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        await WaitForRoomAsync(cancellationToken);
        Send(text);
    }

    /// <summary>Sends bytes as soon as there is room for them (<see cref="SendAsyncWatermark"/>).</summary>
    /// <inheritdoc cref="Send(ReadOnlySpan{byte})" path="/exception"/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        await WaitForRoomAsync(cancellationToken);
        Send(data.Span, isBinary: true);
    }

    /// <summary>
    /// The messages as they come, until the channel closes. While it is read, <see cref="MessageReceived"/> is not raised; a reader
    /// that stops reading closes the association's receive window instead of filling memory. One reader at a time.
    /// </summary>
    public async IAsyncEnumerable<DataChannelMessage> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Channel<DataChannelMessage> reader;
        lock (_connection.Gate)
        {
            if (_reader is not null)
            {
                throw new RtcException(RtcErrorNames.InvalidStateError, "The channel is being read already.");
            }

            reader = _reader = Channel.CreateUnbounded<DataChannelMessage>(
                new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });
            if (ReadyState == DataChannelState.Closed)
            {
                reader.Writer.TryComplete();
            }
        }

        try
        {
            await foreach (var message in reader.Reader.ReadAllAsync(cancellationToken))
            {
                yield return message;
                OnTaken(message.Data.Length);
            }
        }
        finally
        {
            lock (_connection.Gate)
            {
                _reader = null;
            }

            while (reader.Reader.TryRead(out var dropped))
            {
                OnTaken(dropped.Data.Length);
            }
        }
    }

    /// <summary>Closes the channel; what was sent before is still delivered (webrtc-pc §6.2, close).</summary>
    public void Close()
    {
        lock (_connection.Gate)
        {
            if (ReadyState is DataChannelState.Closing or DataChannelState.Closed)
            {
                return;
            }

            ReadyState = DataChannelState.Closing;
            _connection.BeginClosing(this);
        }
    }

    internal void CloseAbruptly()
    {
        ReadyState = DataChannelState.Closed;
        if (_reader is { } reader)
        {
            _connection.Queue.EnqueueMicrotask(() => reader.Writer.TryComplete());
        }

        ReleaseRoomWaiters();
    }

    /// <summary>"Announce an RTCDataChannel as open": queues the task.</summary>
    internal void AnnounceOpen() => _connection.Queue.Enqueue(() =>
    {
        lock (_connection.Gate)
        {
            if (_connection.IsClosed || ReadyState is DataChannelState.Closing or DataChannelState.Closed)
            {
                return;
            }

            ReadyState = DataChannelState.Open;
        }

        _connection.Queue.Raise(Opened, this);
    });

    /// <summary>"Announcing a data channel as closed" (webrtc-pc §6.2, #data-transport-closed): runs in a task.</summary>
    internal void OnClosed(RtcError? error)
    {
        lock (_connection.Gate)
        {
            if (ReadyState == DataChannelState.Closed)
            {
                return;
            }

            CloseAbruptly();
            _connection.ForgetChannel(this);
        }

        if (error is not null)
        {
            _connection.Queue.Raise(ErrorOccurred, this, new ErrorEventArgs(error));
        }

        _connection.Queue.Raise(Closed, this);
    }

    /// <summary>"Error on creating data channels": runs in a task.</summary>
    internal void OnUnableToCreate()
    {
        lock (_connection.Gate)
        {
            if (_connection.IsClosed)
            {
                return;
            }

            CloseAbruptly();
            _connection.ForgetChannel(this);
        }

        RaiseCreationError();
        _connection.Queue.Raise(Closed, this);
    }

    /// <summary>Fires "error" with "data-channel-failure": the channel could not be made.</summary>
    internal void RaiseCreationError() => _connection.Queue.Raise(
        ErrorOccurred,
        this,
        new ErrorEventArgs(
            new RtcError(
                RtcErrorDetail.DataChannelFailure,
                "The data channel could not be created: its id is in use, beyond the association's streams, or none is free.")));

    /// <summary>The peer sent more than this side announced to take, and the channel is being closed for it: runs in a task.</summary>
    internal void OnMessageTooLarge()
    {
        if (ReadyState == DataChannelState.Open)
        {
            var error = new RtcError(
                RtcErrorDetail.DataChannelFailure, $"The peer sent a message of more than {SctpTransport.LocalMaxMessageSize} bytes.");
            _connection.Queue.Raise(ErrorOccurred, this, new ErrorEventArgs(error));
        }

        OnClosingByPeer();
    }

    /// <summary>The closing procedure begun by the peer: runs in a task.</summary>
    internal void OnClosingByPeer()
    {
        lock (_connection.Gate)
        {
            if (ReadyState is DataChannelState.Closing or DataChannelState.Closed)
            {
                return;
            }

            _connection.RemoveDataChannel(this);
            ReadyState = DataChannelState.Closing;
        }

        _connection.Queue.Raise(Closing, this);
    }

    /// <summary>"Receiving messages on a data channel": runs in a task.</summary>
    internal void OnMessage(DataChannelMessage message)
    {
        Channel<DataChannelMessage>? reader;
        lock (_connection.Gate)
        {
            if (ReadyState != DataChannelState.Open)
            {
                OnTaken(message.Data.Length);
                return;
            }

            reader = _reader;

            // webrtc-stats, messagesReceived: the message events, so that what is discarded is not among them.
            Interlocked.Increment(ref _messagesReceived);
            Interlocked.Add(ref _bytesReceived, message.Data.Length);
        }

        // Written outside the gate: the reader may go on within this very call, on the event queue.
        if (reader is not null)
        {
            reader.Writer.TryWrite(message);
            return;
        }

        _connection.Queue.Raise(MessageReceived, this, new DataChannelMessageEventArgs(message));
        OnTaken(message.Data.Length);
    }

    /// <summary>
    /// Bytes have left the association's buffer: "queue a task that reduces [[BufferedAmount]]". What leaves before the task has run is
    /// counted with it. Called from the transport loop.
    /// </summary>
    internal void OnBufferedAmountDecreased(long bytes)
    {
        if (Interlocked.Add(ref _bytesLeaving, bytes) == bytes)
        {
            _connection.Queue.Enqueue(_reduceBufferedAmount);
        }
    }

    private void ReduceBufferedAmount()
    {
        var bytes = Interlocked.Exchange(ref _bytesLeaving, 0);
        if (_connection.IsClosed)
        {
            return;
        }

        var after = Interlocked.Add(ref _bufferedAmount, -bytes);
        var threshold = BufferedAmountLowThreshold;
        if (after <= threshold && after + bytes > threshold)
        {
            _connection.Queue.Raise(BufferedAmountLow, this);
        }

        if (after < SendAsyncWatermark)
        {
            ReleaseRoomWaiters();
        }
    }

    private void Send(ReadOnlySpan<byte> data, bool isBinary)
    {
        if (ReadyState != DataChannelState.Open)
        {
            throw new RtcException(RtcErrorNames.InvalidStateError, $"The data channel is {ReadyState.ToW3CName()}.");
        }

        var transport = _connection.SctpTransport;
        if (data.Length > (transport?.MaxMessageSize ?? long.MaxValue))
        {
            throw new ArgumentException($"The message is larger than {transport?.MaxMessageSize} bytes.", nameof(data));
        }

        if (BufferedAmount + data.Length > (transport?.MaxBufferSize ?? long.MaxValue))
        {
            throw new RtcException(RtcErrorNames.OperationError, "More is buffered than the association takes.");
        }

        Interlocked.Add(ref _bufferedAmount, data.Length);
        Interlocked.Increment(ref _messagesSent);
        Interlocked.Add(ref _bytesSent, data.Length);
        Carrier!.Driven.SendMessage(this, data, isBinary);
    }

    private async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (BufferedAmount >= SendAsyncWatermark && ReadyState == DataChannelState.Open)
        {
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_roomWaiters)
            {
                _roomWaiters.Enqueue(waiter);
            }

            if (BufferedAmount < SendAsyncWatermark)
            {
                ReleaseRoomWaiters();
            }

            using var registration = cancellationToken.UnsafeRegister(
                static state => ((TaskCompletionSource)state!).TrySetCanceled(), waiter);
            await waiter.Task;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private void ReleaseRoomWaiters()
    {
        lock (_roomWaiters)
        {
            while (_roomWaiters.TryDequeue(out var waiter))
            {
                waiter.TrySetResult();
            }
        }
    }

    private void OnTaken(int bytes)
    {
        if (Delivery.Take(bytes))
        {
            _connection.ResumeReceiving();
        }

        _connection.OnDeliveryTaken(bytes + DeliveryAccount.Overhead);
    }
}
