using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Transport;

namespace Parley;

/// <summary>
/// A transport in the hands of its <see cref="TransportDriver"/>: its sockets, and the commands that wait for it. Its public members may be
/// called from any thread; the others run in the driver's turns.
/// </summary>
internal sealed partial class DrivenTransport : IWakeable
{
    private static readonly TimeSpan SocketFullRetry = TimeSpan.FromMilliseconds(1);

    private readonly TransportDriver _driver;
    private readonly ITransportOwner _owner;
    private readonly INetwork _network;
    private readonly SharedUdpPort? _port;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<TransportCommand> _commands = new();
    private readonly List<IDatagramSocket> _sockets = [];
    private PortMember? _member;
    private DatagramBatch? _unsent;
    private IDatagramSocket? _unsentSocket;
    private int _unsentFrom;
    private int _isReady;
    private int _resolving;
    private volatile bool _resumesReceiving;
    private volatile bool _comesInNumbers;
    private volatile bool _expectsAnswer;

    /// <param name="driver">Whose turns it runs in.</param>
    /// <param name="core">The transport itself.</param>
    /// <param name="owner">Who reads its events.</param>
    /// <param name="network">Where its sockets are bound and names looked up.</param>
    /// <param name="port">The port that it shares with others; null: it has sockets of its own.</param>
    /// <param name="logger">What operators read.</param>
    public DrivenTransport(
        TransportDriver driver, BundleTransport core, ITransportOwner owner, INetwork network, SharedUdpPort? port, ILogger logger)
    {
        (_driver, Core, _owner, _network, _port, _logger) = (driver, core, owner, network, port, logger);
    }

    /// <summary>The transport itself; only the driver's turns touch it.</summary>
    public BundleTransport Core { get; }

    /// <summary>Whether it is closed and has given everything back.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether the driver knows it; the driver's.</summary>
    internal bool IsKnown { get; set; }

    /// <summary>Whether it has a part in the present turn; the driver's.</summary>
    internal bool IsInTurn { get; set; }

    /// <summary>Its place among the deadlines, and the deadline; the heap's.</summary>
    internal int HeapIndex { get; set; } = -1;

    internal Instant Due { get; set; }

    /// <summary>When a message last left on its sender's thread; the driver's.</summary>
    internal Instant LastSentHere { get; set; }

    /// <summary>A message has gone to the user: the next one may be the answer to it.</summary>
    internal bool ExpectsAnswer
    {
        get => _expectsAnswer;
        set => _expectsAnswer = value;
    }

    /// <summary>Who reads its events.</summary>
    internal ITransportOwner Owner => _owner;

    /// <summary>Whether the turn has left it something to do at once; the driver's.</summary>
    internal bool HasMore { get; set; }

    /// <summary>Whether nothing waits to be run before what comes now.</summary>
    internal bool HasNoCommands => _commands.IsEmpty;

    /// <summary>When it must have a turn at the latest.</summary>
    internal Instant? Deadline(Instant now) => IsGone ? null : _unsent is not null ? now + SocketFullRetry : Core.Deadline;

    /// <summary>Runs an order in the next turn, in the order of the calls.</summary>
    public void Post(TransportOrder order)
    {
        _commands.Enqueue(TransportCommand.Run(order));
        Wake();
        if (_driver.HasEnded)
        {
            DropCommands();
        }
    }

    /// <summary>Queues a message of a channel. The bytes are copied.</summary>
    public void SendMessage(DataChannel channel, ReadOnlySpan<byte> data, bool isBinary)
    {
        if (_driver.TrySendHere(this, channel, data, isBinary))
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, data.Length));
        data.CopyTo(buffer);
        _commands.Enqueue(TransportCommand.Send(channel, buffer, data.Length, isBinary));
        Wake();
    }

    /// <summary>Queues a frame.</summary>
    public void SendFrame(OutgoingFrame frame)
    {
        _commands.Enqueue(TransportCommand.Send(frame));
        Wake();
    }

    /// <summary>The user has taken what was delivered.</summary>
    public void ResumeReceiving()
    {
        if (!_resumesReceiving)
        {
            _resumesReceiving = true;
            Wake();
        }
    }

    public void Wake()
    {
        if (TryMakeReady())
        {
            _driver.Ready(this);
        }
    }

    void IWakeable.WakeHere()
    {
        // Where datagrams come in numbers, the time that handing over takes gathers more of them for one turn.
        if (_comesInNumbers || !_driver.TryRunHere(this))
        {
            Wake();
        }
    }

    /// <summary>It waits for a turn from now on; false: it did already.</summary>
    internal bool TryMakeReady() => Interlocked.Exchange(ref _isReady, 1) == 0;

    /// <summary>The turn that it was made ready for begins.</summary>
    internal void ClearReady() => Interlocked.Exchange(ref _isReady, 0);

    /// <summary>Does its part of a phase of a turn.</summary>
    /// <returns>Whether there is more to do at once.</returns>
    internal bool Step(TurnPhase phase, DatagramBatch batch, Instant now)
    {
        if (IsGone)
        {
            DropCommands();
            return false;
        }

        try
        {
            return phase switch
            {
                TurnPhase.Commands => RunCommands(now),
                TurnPhase.Receive => Receive(batch, now),
                TurnPhase.Advance => Advance(now),
                _ => Transmit(batch, now),
            };
        }
        catch (Exception error)
        {
            Fail(error, now);
            return false;
        }
    }

    /// <summary>Sends a message at once, in a turn on its sender's thread. Nothing waits before it.</summary>
    internal void SendNow(DataChannel channel, ReadOnlySpan<byte> data, bool isBinary, Instant now)
    {
        try
        {
            Core.Send(channel.Handle, data, isBinary, now);
            Read(now);
        }
        catch (Exception error)
        {
            Fail(error, now);
        }
    }

    /// <summary>Asks the sockets to wake it.</summary>
    internal void WatchSockets()
    {
        foreach (var socket in _sockets)
        {
            socket.NotifyWhenReadable(this);
        }
    }

    /// <summary>Says goodbye, gives the sockets back and is gone.</summary>
    internal void Shut(Instant now)
    {
        if (IsGone)
        {
            return;
        }

        try
        {
            SayGoodbye(now);
        }
        catch (Exception error)
        {
            LoopFaults.Add();
            ConnectionLog.LoopFailed(_logger, error);
        }

        IsGone = true;
        _member?.Leave();
        _member = null;
        _sockets.ForEach(static socket => socket.Dispose());
        _sockets.Clear();
        if (_unsent is not null)
        {
            DatagramBatchPool.Return(_unsent);
            _unsent = null;
        }

        Core.Release();
    }

    /// <summary>What was asked of it will never be done.</summary>
    internal void DropCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command.Order?.Drop();
            command.Frame?.Clear();
            if (command.Message is { } buffer)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private void Fail(Exception error, Instant now)
    {
        LoopFaults.Add();
        ConnectionLog.LoopFailed(_logger, error);
        Shut(now);
        _owner.OnFailed(error);
    }
}
