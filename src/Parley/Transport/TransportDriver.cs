using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Parley.Net;

namespace Parley;

/// <summary>
/// Runs any number of transports, of one connection or of many: it waits for a socket, the nearest deadline or a command, and gives those
/// that have something to do a turn, all with one batch. Of a user's code it runs only the sinks of tracks. Turns never overlap.
/// </summary>
internal sealed class TransportDriver : IThreadPoolWorkItem
{
    /// <summary>Bytes of a message that fits a packet of any path.</summary>
    private const int MaxLengthSentHere = 1024;

    /// <summary>How often commands are run before the end, at the most.</summary>
    private const int MaxRoundsAtEnd = 64;

    private static readonly TimeSpan SparseInterval = TimeSpan.FromMilliseconds(1);

    private readonly Platform _platform;
    private readonly ConcurrentQueue<DrivenTransport> _ready = new();
    private readonly List<DrivenTransport> _transports = [];
    private readonly List<DrivenTransport> _turn = [];
    private readonly DeadlineHeap _deadlines = new();
    private readonly TaskCompletionSource _completion = new();
    private readonly ITimer _timer;
    private Instant? _armedFor;
    private volatile bool _timerFired;
    private volatile bool _isClosing;
    private int _state;

    public TransportDriver(Platform platform)
    {
        _platform = platform;
        _timer = _platform.TimeProvider.CreateTimer(
            static state => ((TransportDriver)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private enum State
    {
        Idle,
        Scheduled,
        Running,
        WokenWhileRunning,
        Ended,
    }

    /// <summary>Completes when the driver has ended and all sockets are gone.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Whether nothing runs any more.</summary>
    public bool HasEnded => (State)Volatile.Read(ref _state) == State.Ended;

    /// <summary>Reads the clock.</summary>
    public Instant ReadClock() => Instant.Now(_platform.TimeProvider);

    /// <summary>Ends the driver: its transports say goodbye on the wire and give their sockets back.</summary>
    public void Close()
    {
        _isClosing = true;
        Wake();
    }

    /// <summary>A transport has something to do.</summary>
    public void Ready(DrivenTransport transport)
    {
        _ready.Enqueue(transport);
        Wake();
    }

    /// <summary>Gives one transport a turn on the calling thread, which waits for sockets, if the driver rests.</summary>
    public bool TryRunHere(DrivenTransport transport)
    {
        if (Interlocked.CompareExchange(ref _state, (int)State.Running, (int)State.Idle) != (int)State.Idle)
        {
            return false;
        }

        transport.Owner.BeginTurnHere();
        var again = _isClosing || RunTurn(new ReadOnlySpan<DrivenTransport>(in transport), ReadClock(), receives: true);
        Leave(again);
        transport.Owner.EndTurnHere();
        return true;
    }

    /// <summary>
    /// Sends a short message on the caller's thread, if the driver rests and the message is the transport's first since one was received,
    /// or since <see cref="SparseInterval"/>. An answer so leaves at once, without a thread that must be woken for it; whoever sends much
    /// still has a turn gather it. Nothing is run but this message: no command of somebody else's, no sink of a track.
    /// </summary>
    public bool TrySendHere(DrivenTransport transport, DataChannel channel, ReadOnlySpan<byte> data, bool isBinary)
    {
        if (data.Length > MaxLengthSentHere || Volatile.Read(ref _state) != (int)State.Idle)
        {
            return false;
        }

        var now = ReadClock();
        if ((!transport.ExpectsAnswer && now - transport.LastSentHere < SparseInterval)
            || Interlocked.CompareExchange(ref _state, (int)State.Running, (int)State.Idle) != (int)State.Idle)
        {
            return false;
        }

        // What waits was asked for before.
        var isFirst = transport is { HasNoCommands: true, IsKnown: true, IsGone: false } && !_isClosing;
        var again = _isClosing;
        if (isFirst)
        {
            transport.ExpectsAnswer = false;
            transport.LastSentHere = now;
            transport.SendNow(channel, data, isBinary, now);
            again |= RunTurn(new ReadOnlySpan<DrivenTransport>(in transport), now, receives: false);
        }

        Leave(again);
        return isFirst;
    }

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _state, (int)State.Running);
        var now = ReadClock();
        if (_isClosing)
        {
            End(now);
            return;
        }

        Gather(now);
        var again = RunTurn(CollectionsMarshal.AsSpan(_turn), now, receives: true);
        _turn.Clear();
        Leave(again);
    }

    private void Wake()
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

    /// <summary>
    /// Whoever made the driver <see cref="State.Running"/> is done; another turn follows when there is more to do, or somebody asked for
    /// one meanwhile.
    /// </summary>
    private void Leave(bool again)
    {
        if (again || Interlocked.CompareExchange(ref _state, (int)State.Idle, (int)State.Running) != (int)State.Running)
        {
            Volatile.Write(ref _state, (int)State.Scheduled);
            _platform.Scheduler.Schedule(this);
        }
    }

    /// <summary>Those that were made ready and those whose deadline has come.</summary>
    private void Gather(Instant now)
    {
        for (var count = _ready.Count; count > 0 && _ready.TryDequeue(out var transport); count--)
        {
            transport.ClearReady();
            Add(transport);
        }

        while (_deadlines.Earliest <= now)
        {
            var due = _deadlines.First;
            _deadlines.Set(due, null);
            Add(due);
        }
    }

    private void Add(DrivenTransport transport)
    {
        if (!transport.IsInTurn)
        {
            transport.IsInTurn = true;
            _turn.Add(transport);
        }
    }

    /// <summary>
    /// One turn of some transports; true when there is more to do at once. One that does not receive only sends: it runs on a user's
    /// thread, where a track's sink is not expected to be called, and other commands than the user's are not run.
    /// </summary>
    private bool RunTurn(ReadOnlySpan<DrivenTransport> transports, Instant now, bool receives)
    {
        var batch = DatagramBatchPool.Rent();
        var again = false;
        try
        {
            if (receives)
            {
                again |= Run(TurnPhase.Commands, transports, batch, now);
                again |= Run(TurnPhase.Receive, transports, batch, now);
                again |= Run(TurnPhase.Advance, transports, batch, now);
            }

            // Nothing leaves before all that the turn has brought is queued for the user.
            again |= Run(TurnPhase.Transmit, transports, batch, now);
        }
        finally
        {
            DatagramBatchPool.Return(batch);
        }

        foreach (var transport in transports)
        {
            EndTurn(transport, now, receives);
        }

        if (!again && !receives && _deadlines.Earliest <= now)
        {
            again = true;
        }

        if (!again)
        {
            ArmTimer(now);
        }

        return again;
    }

    private static bool Run(TurnPhase phase, ReadOnlySpan<DrivenTransport> transports, DatagramBatch batch, Instant now)
    {
        var again = false;
        foreach (var transport in transports)
        {
            if (transport.Step(phase, batch, now))
            {
                transport.HasMore = again = true;
            }
        }

        return again;
    }

    private void EndTurn(DrivenTransport transport, Instant now, bool receives)
    {
        transport.IsInTurn = false;
        _deadlines.Set(transport, transport.Deadline(now));
        if (transport.IsGone)
        {
            if (transport.IsKnown)
            {
                transport.IsKnown = false;
                _transports.Remove(transport);
            }
        }
        else if (receives)
        {
            if (!transport.IsKnown)
            {
                transport.IsKnown = true;
                _transports.Add(transport);
            }

            Continue(transport);
        }
        else if (transport.HasMore)
        {
            Continue(transport);
        }
    }

    /// <summary>It has another turn at once, or waits for its sockets.</summary>
    private void Continue(DrivenTransport transport)
    {
        if (!transport.HasMore)
        {
            transport.WatchSockets();
            return;
        }

        transport.HasMore = false;
        if (transport.TryMakeReady())
        {
            _ready.Enqueue(transport);
        }
    }

    private void OnTimer()
    {
        _timerFired = true;
        Wake();
    }

    private void ArmTimer(Instant now)
    {
        var deadline = _deadlines.Earliest;
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
        var wait = deadline is { } due ? (due > now ? RoundUp(due - now) : TimeSpan.Zero) : Timeout.InfiniteTimeSpan;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Timers count in whole milliseconds; rounding down would wake the driver before its deadline, to no use. What is less than a tick of
    /// <see cref="TimeSpan"/> away is still ahead: without the millisecond the driver would spin until it is there.
    /// </summary>
    private static TimeSpan RoundUp(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(time.TotalMilliseconds)));

    /// <summary>Closes all transports; no turn follows.</summary>
    private void End(Instant now)
    {
        // What was asked for before is done before: a report that is under way has the figures of before the end.
        Gather(now);
        var batch = DatagramBatchPool.Rent();
        for (var rounds = MaxRoundsAtEnd; rounds > 0 && Run(TurnPhase.Commands, CollectionsMarshal.AsSpan(_turn), batch, now); rounds--)
        {
        }

        DatagramBatchPool.Return(batch);
        foreach (var transport in _transports.Union(_turn))
        {
            transport.Shut(now);
        }

        _timer.Dispose();
        Volatile.Write(ref _state, (int)State.Ended);
        foreach (var transport in _transports.Union(_turn))
        {
            transport.DropCommands();
        }

        while (_ready.TryDequeue(out var transport))
        {
            transport.DropCommands();
        }

        _transports.Clear();
        _turn.Clear();
        _completion.TrySetResult();
    }
}
