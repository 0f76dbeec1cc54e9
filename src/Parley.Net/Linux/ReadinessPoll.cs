using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary>
/// The threads that wait for all sockets of the process with epoll(7), and only for what is to be read: the framework's engine also asks
/// when there is room to send, and is woken for each batch that has left. A thread does the work it was woken for by itself, as long as
/// another one waits in its place; the last of them hands it over (<see cref="IWakeable"/>), so that nothing that blocks keeps sockets from
/// being looked after.
/// </summary>
internal sealed unsafe class ReadinessPoll
{
    /// <summary>20 µs.</summary>
    private static readonly long SpinTime = Stopwatch.Frequency / 50_000;

    private static readonly int MaxThreads = Environment.ProcessorCount + 1;
    private static readonly Lazy<ReadinessPoll?> Lazily = new(Start);

    private readonly int _epoll;
    private readonly ConcurrentDictionary<long, PolledWait> _waits = [];
    private long _lastId;
    private int _threads;
    private int _waiting;
    private int _spinning;
    private long _lastWait = long.MaxValue;

    private ReadinessPoll(int epoll) => _epoll = epoll;

    /// <summary>The process's own; null where the system refuses it.</summary>
    internal static ReadinessPoll? Shared => Lazily.Value;

    /// <summary>Takes a wait in, and answers what it is called by.</summary>
    internal long Add(PolledWait wait)
    {
        var id = Interlocked.Increment(ref _lastId);
        _waits[id] = wait;
        return id;
    }

    /// <summary>Forgets a wait. The kernel forgets a socket that is closed by itself.</summary>
    internal void Remove(long id) => _waits.TryRemove(id, out _);

    /// <summary>Has the wait woken once, as soon as the socket has something to read, be it an error.</summary>
    internal bool TryArm(SafeSocketHandle socket, long id, bool isFirst)
    {
        var entry = stackalloc byte[EventRecord.MaxLength];
        EventRecord.Write(entry, Libc.EpollIn | Libc.EpollOneShot, id);
        return Libc.EpollControl(_epoll, isFirst ? Libc.EpollAdd : Libc.EpollModify, socket, entry) == 0;
    }

    private static ReadinessPoll? Start()
    {
        var epoll = Libc.EpollCreate(Libc.EpollCloseOnExec);
        if (epoll < 0)
        {
            return null;
        }

        var poll = new ReadinessPoll(epoll);
        poll.StartThread();
        return poll;
    }

    private void StartThread()
    {
        if (Interlocked.Increment(ref _threads) > MaxThreads)
        {
            Interlocked.Decrement(ref _threads);
            return;
        }

        Interlocked.Increment(ref _waiting);
        new Thread(Run) { IsBackground = true, Name = "Parley sockets" }.UnsafeStart();
    }

    private void Run()
    {
        var nobodys = ExecutionContext.Capture()!;
        var entry = stackalloc byte[EventRecord.MaxLength];
        while (true)
        {
            // One event at a time: the others are for the threads that wait.
            var count = Wait(entry);
            if (count < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                return;
            }

            if (count <= 0 || !_waits.TryGetValue(EventRecord.Data(entry), out var wait))
            {
                continue;
            }

            var anotherWaits = Interlocked.Decrement(ref _waiting) > 0;
            wait.OnReadable(mayRunHere: anotherWaits);
            if (!anotherWaits)
            {
                StartThread();
            }

            // As the pool's threads: what one user leaves behind is not there for the next.
            ExecutionContext.Restore(nobodys);
            SynchronizationContext.SetSynchronizationContext(null);
            Interlocked.Increment(ref _waiting);
        }
    }

    /// <summary>
    /// Waits for one event. To sleep and to be woken takes about as long as <see cref="SpinTime"/>: when the last event came sooner, one
    /// thread of all stays awake that long for the next one.
    /// </summary>
    private int Wait(byte* entry)
    {
        var begin = Stopwatch.GetTimestamp();
        var count = 0;
        if (Volatile.Read(ref _lastWait) < SpinTime && Interlocked.CompareExchange(ref _spinning, 1, 0) == 0)
        {
            while ((count = Libc.EpollWait(_epoll, entry, 1, 0)) == 0 && Stopwatch.GetTimestamp() - begin < SpinTime)
            {
            }

            Volatile.Write(ref _spinning, 0);
        }

        if (count == 0)
        {
            count = Libc.EpollWait(_epoll, entry, 1, -1);
        }

        Volatile.Write(ref _lastWait, Stopwatch.GetTimestamp() - begin);
        return count;
    }
}
