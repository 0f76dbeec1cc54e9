using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>
/// A world of its own: a virtual clock, a scheduler and a network, all run by the thread that calls one of the Run methods.
/// Work is done before time advances; when there is none, time jumps to the next timer or datagram. Equal seeds give equal
/// runs, event by event, as long as everything inside uses this clock, this scheduler and this network.
/// </summary>
/// <remarks>
/// Code inside must stay on the simulation's thread. <c>await</c> in user code does so by itself; what was started with
/// <c>Task.Run</c>, or awaits with <c>ConfigureAwait(false)</c> something that user code completes, does not, and is reported
/// by a <see cref="SimulationException"/> unless <see cref="AllowOtherThreads"/> is set. The class is not called after its namespace,
/// so that <c>new Simulator(seed)</c> means the same inside a namespace that begins with Parley and outside.
/// </remarks>
public sealed class Simulator : IScheduler
{
    private readonly Lock _gate = new();
    private readonly Queue<WorkItem> _ready = new();
    private readonly Agenda _agenda = new();
    private readonly List<Exception> _failures = [];
    private readonly SimulationContext _context;
    private long _now;
    private int _itemsAtThisInstant;
    private ExecutionContext? _execution;
    private volatile Thread? _runner;

    /// <summary>A new world at instant zero.</summary>
    /// <param name="seed">Equal seeds give equal runs.</param>
    public Simulator(ulong seed)
    {
        Seed = seed;
        _context = new SimulationContext(this);
        TimeProvider = new VirtualTimeProvider(this);
        Random = RandomFor("world");
        Network = new VirtualNetwork(this);
    }

    /// <summary>The seed from which all chance in this world comes.</summary>
    public ulong Seed { get; }

    /// <summary>The present virtual instant.</summary>
    public Instant Now => Instant.FromNanoseconds(Volatile.Read(ref _now));

    /// <summary>The virtual clock, timers included. Its wall clock starts at 2026-01-01T00:00:00Z.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>The context on which <see cref="Run(Func{Task}, TimeSpan)"/> and <see cref="Post"/> run user code.</summary>
    public SynchronizationContext Context => _context;

    /// <summary>Random numbers for the test itself; the network and each host have sources of their own.</summary>
    public RandomSource Random { get; }

    /// <summary>The network of this world.</summary>
    public VirtualNetwork Network { get; }

    /// <summary>
    /// How many pieces of work may run at one instant before the world is taken to be caught in an endless loop and a
    /// <see cref="SimulationException"/> says so. By default 1,000,000.
    /// </summary>
    public int MaxItemsPerInstant { get; set; } = 1_000_000;

    /// <summary>
    /// Whether work may be scheduled from other threads. By default it may not, since the order would no longer follow from the seed.
    /// If it may, virtual time still does not wait for what those threads are about to do.
    /// </summary>
    public bool AllowOtherThreads { get; set; }

    internal bool IsRunningHere => _runner == Thread.CurrentThread;

    /// <summary>Adds a host to the network. See <see cref="VirtualNetwork.AddHost"/>.</summary>
    public VirtualHost AddHost(string name, params string[] addresses) => Network.AddHost(name, addresses);

    /// <summary>
    /// Tries a test with many seeds, each in a world of its own, and names the first seed that fails.
    /// </summary>
    /// <param name="first">The first seed; after a failure, the one to try alone.</param>
    /// <param name="count">How many seeds, one after the other.</param>
    /// <param name="test">The test.</param>
    /// <exception cref="SimulationException">A seed failed; what it failed with is inside.</exception>
    public static void ForEachSeed(ulong first, int count, Action<Simulator> test)
    {
        ArgumentNullException.ThrowIfNull(test);
        for (var i = 0; i < count; i++)
        {
            var simulator = new Simulator(first + (ulong)i);
            try
            {
                test(simulator);
            }
            catch (Exception error)
            {
                throw new SimulationException(simulator.Seed, $"Failed at {simulator.Now}: {error.Message}", error);
            }
        }
    }

    /// <summary>Runs work at the present instant, without a synchronization context; never inside this call.</summary>
    public void Schedule(IThreadPoolWorkItem work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Enqueue(new WorkItem(work, null, InContext: false));
    }

    /// <summary>Runs user code at the present instant, on <see cref="Context"/>; never inside this call.</summary>
    public void Post(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Enqueue(new WorkItem(action, null, InContext: true));
    }

    /// <summary>A task that completes when this much virtual time has passed.</summary>
    public Task Delay(TimeSpan duration, CancellationToken cancellationToken = default) =>
        Task.Delay(duration, TimeProvider, cancellationToken);

    /// <summary>Runs a scenario to its end and hands on its exception.</summary>
    /// <param name="scenario">User code; it runs on <see cref="Context"/>, and so does everything it awaits.</param>
    /// <param name="limit">How much virtual time it may take.</param>
    /// <exception cref="SimulationTimeoutException">The scenario did not end in time, or waits for something that can no longer
    /// happen.</exception>
    public void Run(Func<Task> scenario, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        RunToEnd(scenario, limit).GetAwaiter().GetResult();
    }

    /// <summary>Runs a scenario to its end and returns its result.</summary>
    /// <inheritdoc cref="Run(Func{Task}, TimeSpan)"/>
    public T Run<T>(Func<Task<T>> scenario, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var task = RunToEnd(scenario, limit);
        task.GetAwaiter().GetResult();
        return ((Task<T>)task).Result;
    }

    /// <summary>Runs until a condition holds; it is looked at after each piece of work.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="limit">How much virtual time it may take.</param>
    /// <param name="description">What a timeout's message calls the condition.</param>
    /// <exception cref="SimulationTimeoutException">It did not come to hold.</exception>
    public void RunUntil(Func<bool> condition, TimeSpan limit, [CallerArgumentExpression(nameof(condition))] string description = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        Pump(condition, limit, description);
    }

    /// <summary>Runs for a stretch of virtual time. Afterwards <see cref="Now"/> is exactly that much later.</summary>
    public void RunFor(TimeSpan duration)
    {
        var end = EndAfter(duration);
        using (Enter())
        {
            while (Step(end))
            {
            }
        }

        AdvanceTo(end);
    }

    /// <summary>Runs until there is no work, no timer and no datagram left.</summary>
    /// <param name="limit">How much virtual time it may take: a world with periodic timers is never idle.</param>
    /// <returns>Whether it became idle.</returns>
    public bool RunUntilIdle(TimeSpan limit)
    {
        var end = EndAfter(limit);
        using (Enter())
        {
            while (Step(end))
            {
            }

            lock (_gate)
            {
                return _agenda.Count == 0;
            }
        }
    }

    internal RandomSource RandomFor(string name)
    {
        // FNV-1a of the name: a stream of its own for each thing, whatever order things are made in.
        var hash = 14695981039346656037UL;
        foreach (var character in name)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        return RandomSource.Seeded(hash ^ (Seed * 0x9E3779B97F4A7C15UL));
    }

    internal void Enqueue(WorkItem item)
    {
        lock (_gate)
        {
            NoteOtherThread();
            _ready.Enqueue(item);
        }
    }

    /// <summary>Puts an item on the agenda, or moves it.</summary>
    internal void Arrange(AgendaItem item, long delayNanoseconds)
    {
        lock (_gate)
        {
            NoteOtherThread();
            _agenda.Add(item, _now > long.MaxValue - delayNanoseconds ? long.MaxValue : _now + delayNanoseconds);
        }
    }

    internal void Withdraw(AgendaItem item)
    {
        lock (_gate)
        {
            _agenda.Remove(item);
        }
    }

    private Task RunToEnd(Func<Task> scenario, TimeSpan limit)
    {
        Task? task = null;
        Post(() => task = Begin(scenario));
        Pump(() => task is { IsCompleted: true }, limit, "the scenario's end");
        return task!;
    }

    private static Task Begin(Func<Task> scenario)
    {
        try
        {
            return scenario();
        }
        catch (Exception error)
        {
            return Task.FromException(error);
        }
    }

    private void Pump(Func<bool> condition, TimeSpan limit, string description)
    {
        var end = EndAfter(limit);
        using (Enter())
        {
            while (!condition())
            {
                if (!Step(end))
                {
                    throw Timeout(description, limit);
                }
            }
        }
    }

    private SimulationTimeoutException Timeout(string description, TimeSpan limit)
    {
        bool ended;
        lock (_gate)
        {
            ended = _agenda.Count == 0;
        }

        return new SimulationTimeoutException(Seed, ended
            ? $"At {Now} nothing is left to happen, and this was still waited for: {description}"
            : $"Within {limit.TotalSeconds} s of virtual time, at {Now}, this did not come: {description}");
    }

    private long EndAfter(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        return (Now + duration).Nanoseconds;
    }

    private void AdvanceTo(long instant)
    {
        if (instant > _now)
        {
            Volatile.Write(ref _now, instant);
            _itemsAtThisInstant = 0;
        }
    }

    /// <summary>Does the next piece of work at or before <paramref name="end"/>; false when there is none.</summary>
    private bool Step(long end)
    {
        if (!TryTake(end, out var work, out var item))
        {
            ThrowFailures();
            return false;
        }

        if (++_itemsAtThisInstant > MaxItemsPerInstant)
        {
            throw new SimulationException(
                Seed, $"More than {MaxItemsPerInstant} pieces of work at {Now}: the world is caught in an endless loop at one instant");
        }

        Execute(work, item);
        return true;
    }

    private bool TryTake(long end, out WorkItem work, out AgendaItem? item)
    {
        lock (_gate)
        {
            item = null;
            if (_ready.TryDequeue(out work))
            {
                return true;
            }

            item = _agenda.First;
            if (item is null || item.Due > end)
            {
                return false;
            }

            _agenda.Remove(item);
            AdvanceTo(item.Due);
            return true;
        }
    }

    private void Execute(WorkItem work, AgendaItem? item)
    {
        try
        {
            if (item is null)
            {
                SynchronizationContext.SetSynchronizationContext(work.InContext ? _context : null);
                work.Execute();
            }
            else
            {
                SynchronizationContext.SetSynchronizationContext(null);
                item.Happen();
            }
        }
        catch (Exception error)
        {
            lock (_gate)
            {
                _failures.Add(error);
            }
        }

        // What one piece of work left in its AsyncLocals is not the next one's.
        if (_execution is not null)
        {
            ExecutionContext.Restore(_execution);
        }

        ThrowFailures();
    }

    private void ThrowFailures()
    {
        Exception[] failures;
        lock (_gate)
        {
            if (_failures.Count == 0)
            {
                return;
            }

            failures = [.. _failures];
            _failures.Clear();
        }

        if (failures.Length == 1)
        {
            ExceptionDispatchInfo.Throw(failures[0]);
        }

        throw new AggregateException($"Several pieces of work failed at {Now} (seed {Seed})", failures);
    }

    private void NoteOtherThread()
    {
        if (_runner is { } runner && runner != Thread.CurrentThread && !AllowOtherThreads && _failures.Count == 0)
        {
            _failures.Add(new SimulationException(
                Seed,
                $"Work came from outside the simulation's thread at {Now}, so that its order no longer follows from the seed: "
                + "a Task.Run, or an await with ConfigureAwait(false) of something that user code completes. "
                + $"It came from:\n{Environment.StackTrace}\n"));
        }
    }

    private RunScope Enter()
    {
        if (Interlocked.CompareExchange(ref _runner, Thread.CurrentThread, null) is not null)
        {
            throw new InvalidOperationException("The simulation is already running: a Run method cannot be called from inside it.");
        }

        _execution = ExecutionContext.Capture();
        return new RunScope(this, SynchronizationContext.Current);
    }

    private readonly struct RunScope(Simulator simulator, SynchronizationContext? context) : IDisposable
    {
        public void Dispose()
        {
            simulator._runner = null;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
