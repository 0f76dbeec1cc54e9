using System.Buffers;
using System.Collections.Concurrent;
using Parley.Net;
using Parley.Sdp;

namespace Parley;

/// <summary>
/// The one loop of a connection that belongs to the network: it waits for a socket or the nearest deadline, drains what has
/// arrived, runs the cores and flushes. Of a user's code it runs only the sinks of tracks. Everything but its public members runs in the
/// loop's own turns, which never overlap.
/// </summary>
internal sealed class TransportLoop : IThreadPoolWorkItem, IWakeable
{
    /// <summary>Batches sent in one turn.</summary>
    private const int SendRoundsPerTurn = 8;

    /// <summary>Commands run in one turn.</summary>
    private const int CommandsPerTurn = 1024;

    /// <summary>Datagrams of a batch, above which the next turn is handed over.</summary>
    private const int MaxDatagramsTakenHere = 3;

    /// <summary>Bytes of a message that fits a packet of any path.</summary>
    private const int MaxLengthSentHere = 1024;

    /// <summary>Names of remote candidates that are looked up at a time.</summary>
    private const int MaxResolving = 16;

    private static readonly TimeSpan SparseInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan SocketFullRetry = TimeSpan.FromMilliseconds(1);

    private readonly PeerConnection _connection;
    private readonly Platform _platform;
    private readonly ConcurrentQueue<LoopCommand> _commands = new();
    private readonly List<TransportStack> _stacks = [];
    private readonly TaskCompletionSource _completion = new();
    private readonly ITimer _timer;
    private Instant? _armedFor;
    private volatile bool _timerFired;
    private int _state;
    private int _resolving;
    private bool _closed;
    private volatile bool _resumeReceiving;
    private volatile bool _expectsAnswer;
    private volatile bool _comesInNumbers;
    private Instant _lastSentHere;
    private List<LoopCommand>? _held;

    public TransportLoop(PeerConnection connection)
    {
        _connection = connection;
        _platform = connection.Platform;
        _timer = _platform.TimeProvider.CreateTimer(
            static state => ((TransportLoop)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private enum State
    {
        Idle,
        Scheduled,
        Running,
        WokenWhileRunning,
        Ended,
    }

    /// <summary>Completes when the loop has ended and its sockets are gone.</summary>
    public Task Completion => _completion.Task;

    /// <summary>The loop's clock.</summary>
    public Instant Now => Instant.Now(_platform.TimeProvider);

    /// <summary>Runs an action on a stack in the loop's next turn, in the order of the calls; it is told the time of that turn.</summary>
    public void Post(TransportStack stack, Action<TransportStack, Instant> action)
    {
        // While a description is applied only who applies it holds the gate.
        if (_held is { } held && _connection.Gate.IsHeldByCurrentThread)
        {
            held.Add(new LoopCommand(stack, action));
            return;
        }

        _commands.Enqueue(new LoopCommand(stack, action));
        Wake();
    }

    /// <summary>Keeps back what is posted with the connection's gate held, until <see cref="ReleaseCommands"/>.</summary>
    public void HoldCommands() => _held = [];

    /// <summary>Runs what was kept back, or forgets it.</summary>
    public void ReleaseCommands(bool run)
    {
        var held = _held;
        _held = null;
        if (run && held is { Count: > 0 })
        {
            held.ForEach(_commands.Enqueue);
            Wake();
        }
    }

    /// <summary>
    /// Runs an action on a stack in the loop's next turn; then, or at once when the loop has ended, says that it is done.
    /// </summary>
    public void Ask(TransportStack stack, Action<TransportStack, Instant> action, Action done)
    {
        _commands.Enqueue(new LoopCommand(stack, action, done));
        Wake();
        if ((State)Volatile.Read(ref _state) == State.Ended)
        {
            DropCommands();
        }
    }

    /// <summary>Takes a stack into the loop.</summary>
    public void Add(TransportStack stack) => Post(stack, (added, _) => _stacks.Add(added));

    /// <summary>Queues a message of a channel. The bytes are copied.</summary>
    public void SendMessage(DataChannel channel, ReadOnlySpan<byte> data, bool isBinary)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, data.Length));
        data.CopyTo(buffer);
        _commands.Enqueue(new LoopCommand(channel, buffer, Length: data.Length, IsBinary: isBinary));
        if (!TrySendHere(data.Length))
        {
            Wake();
        }
    }

    /// <summary>Queues a frame of a sender.</summary>
    public void SendFrame(OutgoingFrame frame)
    {
        _commands.Enqueue(new LoopCommand(frame));
        Wake();
    }

    public void OpenChannel(DataChannel channel) => OnData((stack, _) => stack.OpenChannel(channel));

    public void CloseChannel(DataChannel channel) => OnData((stack, _) => stack.CloseChannel(channel));

    /// <summary>The user has taken what was delivered.</summary>
    public void ResumeReceiving()
    {
        if (!_resumeReceiving)
        {
            _resumeReceiving = true;
            Wake();
        }
    }

    /// <summary>
    /// Gives a remote candidate to a stack, resolving its name first if it has one. Names of mDNS alone: with others a peer could have this
    /// machine ask any name server for anything. RFC 8839 §5.1 has candidates with an FQDN ignored.
    /// </summary>
    public void AddRemoteCandidate(TransportStack stack, CandidateAttribute candidate, string? ufrag)
    {
        if (System.Net.IPAddress.TryParse(candidate.Address, out var address))
        {
            Post(stack, (target, now) => target.AddRemoteCandidate(candidate, address, ufrag, now));
        }
        else if (!candidate.Address.EndsWith(".local", StringComparison.OrdinalIgnoreCase))
        {
            ConnectionLog.CandidateIgnored(_connection.Logger, "its host name is not one of mDNS");
        }
        else if (Interlocked.Increment(ref _resolving) > MaxResolving)
        {
            Interlocked.Decrement(ref _resolving);
            ConnectionLog.CandidateIgnored(_connection.Logger, "too many names are being looked up");
        }
        else
        {
            _ = ResolveAsync(stack, candidate, ufrag);
        }
    }

    /// <summary>Ends the loop: says goodbye on the wire and gives sockets and timer back.</summary>
    public void Close()
    {
        _commands.Enqueue(default);
        Wake();
    }

    public void Wake()
    {
        // What there is to do was stored before; it must be seen by a turn whose beginning is not seen here.
        Interlocked.MemoryBarrier();
        while (true)
        {
            var state = (State)Volatile.Read(ref _state);
            switch (state)
            {
                case State.Idle when Interlocked.CompareExchange(ref _state, (int)State.Scheduled, (int)state) == (int)state:
                    _platform.Scheduler.Schedule(this);
                    return;
                case State.Running when Interlocked.CompareExchange(ref _state, (int)State.WokenWhileRunning, (int)state) == (int)state:
                case State.Scheduled or State.WokenWhileRunning or State.Ended:
                    return;
            }
        }
    }

    /// <summary>A message has gone to the user: the next one may be the answer to it.</summary>
    public void OnDelivered() => _expectsAnswer = true;

    void IWakeable.WakeHere()
    {
        // Where datagrams come in numbers, the time that handing over takes gathers more of them for one turn.
        if (!_comesInNumbers && Interlocked.CompareExchange(ref _state, (int)State.Running, (int)State.Idle) == (int)State.Idle)
        {
            _connection.Queue.BeginTurnHere();
            Execute(receives: true);
            _connection.Queue.EndTurnHere();
        }
        else
        {
            Wake();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _state, (int)State.Running);
        Execute(receives: true);
    }

    /// <summary>
    /// Sends a short message on the caller's thread, if the loop rests and the message is the first since one was received, or since
    /// <see cref="SparseInterval"/>. An answer so leaves at once, without a thread that must be woken for it; whoever sends much still has
    /// the loop gather it.
    /// </summary>
    private bool TrySendHere(int length)
    {
        if (length > MaxLengthSentHere || Volatile.Read(ref _state) != (int)State.Idle)
        {
            return false;
        }

        var now = Now;
        if ((!_expectsAnswer && now - _lastSentHere < SparseInterval)
            || Interlocked.CompareExchange(ref _state, (int)State.Running, (int)State.Idle) != (int)State.Idle)
        {
            return false;
        }

        _expectsAnswer = false;
        _lastSentHere = now;
        Execute(receives: false);
        return true;
    }

    /// <summary>A turn of whoever made the loop <see cref="State.Running"/>, and what follows from it.</summary>
    private void Execute(bool receives)
    {
        var again = false;
        try
        {
            again = RunTurn(receives);
        }
        catch (Exception error)
        {
            ConnectionLog.LoopFailed(_connection.Logger, error);
            Shut(Now);
            _connection.Close();
        }

        if (_closed)
        {
            Volatile.Write(ref _state, (int)State.Ended);
            DropCommands();
            _completion.TrySetResult();
            return;
        }

        if (again || Interlocked.CompareExchange(ref _state, (int)State.Idle, (int)State.Running) != (int)State.Running)
        {
            Volatile.Write(ref _state, (int)State.Scheduled);
            _platform.Scheduler.Schedule(this);
        }
    }

    /// <summary>
    /// One turn; true when there is more to do at once. One that does not receive only sends what it is told to: it runs on a user's
    /// thread, where a track's sink is not expected to be called.
    /// </summary>
    private bool RunTurn(bool receives)
    {
        var now = Now;
        var more = RunCommands(now);
        if (_closed)
        {
            return false;
        }

        if (_resumeReceiving)
        {
            _resumeReceiving = false;
            foreach (var stack in _stacks)
            {
                stack.ResumeReceiving(now);
            }
        }

        var batch = DatagramBatchPool.Rent();
        try
        {
            if (receives)
            {
                foreach (var stack in _stacks)
                {
                    more |= Receive(stack, batch, now);
                }
            }

            foreach (var stack in _stacks)
            {
                if (stack.Deadline <= now)
                {
                    if (receives)
                    {
                        stack.Advance(now);
                    }

                    more |= !receives;
                }

                stack.PumpEvents(now);
            }

            // Nothing leaves before all that the turn has brought is queued for the user.
            foreach (var stack in _stacks)
            {
                more |= stack.Transmit(batch, now, SendRoundsPerTurn);
                stack.PumpEvents(now);
            }
        }
        finally
        {
            DatagramBatchPool.Return(batch);
        }

        _stacks.RemoveAll(static stack => stack.IsGone);
        if (!more)
        {
            ArmTimer(now);
            foreach (var stack in _stacks)
            {
                foreach (var socket in stack.Sockets)
                {
                    socket.NotifyWhenReadable(this);
                }
            }
        }

        return more;
    }

    private bool RunCommands(Instant now)
    {
        for (var i = 0; i < CommandsPerTurn; i++)
        {
            if (!_commands.TryDequeue(out var command))
            {
                return false;
            }

            switch (command.Subject)
            {
                case OutgoingFrame frame:
                    SenderFlow.Send(frame, now);
                    break;
                case DataChannel channel:
                    var buffer = (byte[])command.Object!;
                    DataStack()?.Send(channel, buffer.AsSpan(0, command.Length), command.IsBinary, now);
                    ArrayPool<byte>.Shared.Return(buffer);
                    break;
                case TransportStack stack:
                    ((Action<TransportStack, Instant>)command.Object!)(stack, now);
                    command.Done?.Invoke();
                    break;
                default:
                    Shut(now);
                    return false;
            }
        }

        return true;
    }

    /// <summary>
    /// One batch of each socket: a busy connection does not starve the others, and what was received is acknowledged before more is taken.
    /// True when a socket may hold more.
    /// </summary>
    private bool Receive(TransportStack stack, DatagramBatch batch, Instant now)
    {
        var more = false;
        foreach (var socket in stack.Sockets)
        {
            batch.Clear();
            if (socket.Receive(batch) == 0)
            {
                continue;
            }

            more |= !batch.HasRoomForRun;
            _comesInNumbers = batch.Count > MaxDatagramsTakenHere;
            stack.Receive(batch, socket.LocalAddress, now);
        }

        return more;
    }

    private void OnTimer()
    {
        _timerFired = true;
        Wake();
    }

    private void ArmTimer(Instant now)
    {
        Instant? deadline = null;
        foreach (var stack in _stacks)
        {
            deadline = Instant.Earliest(deadline, stack.HasUnsent ? now + SocketFullRetry : stack.Deadline);
        }

        if (_timerFired)
        {
            // The system's timers count by a coarse clock and may fire some milliseconds early: the same deadline must be armed again.
            _timerFired = false;
            _armedFor = null;
        }

        if (deadline == _armedFor && deadline > now)
        {
            return;
        }

        _armedFor = deadline;
        _timer.Change(
            deadline is { } due ? (due > now ? RoundUp(due - now) : TimeSpan.Zero) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Timers count in whole milliseconds; rounding down would wake the loop before its deadline, to no use. What is less than a tick of
    /// <see cref="TimeSpan"/> away is still ahead: without the millisecond the loop would spin until it is there.
    /// </summary>
    private static TimeSpan RoundUp(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(time.TotalMilliseconds)));

    private void Shut(Instant now)
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        var batch = DatagramBatchPool.Rent();
        foreach (var stack in _stacks)
        {
            stack.Shut(batch, now);
        }

        DatagramBatchPool.Return(batch);
        _stacks.Clear();
        _timer.Dispose();
    }

    private void DropCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command.Done?.Invoke();
            (command.Subject as OutgoingFrame)?.Clear();
            if (command.Object is byte[] buffer)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private TransportStack? DataStack() => _stacks.Find(static stack => stack.HasSctp);

    private void OnData(Action<TransportStack, Instant> action)
    {
        if (_connection.SctpTransport?.Peer.Stack is { } stack)
        {
            Post(stack, action);
        }
    }

    private async Task ResolveAsync(TransportStack stack, CandidateAttribute candidate, string? ufrag)
    {
        try
        {
            foreach (var address in await _platform.Network.ResolveAsync(candidate.Address).ConfigureAwait(false))
            {
                Post(stack, (target, now) => target.AddRemoteCandidate(candidate, address, ufrag, now));
            }
        }
        catch (Exception error)
        {
            ConnectionLog.CandidateIgnored(_connection.Logger, error.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _resolving);
        }
    }
}
