using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary>
/// The one thread that waits for all sockets of the process with epoll(7), and only for what is to be read: the framework's engine also asks when there is
/// room to send, and is woken for each batch that has left.
/// </summary>
internal sealed unsafe class ReadinessPoll
{
    private const int EventsPerWait = 64;
    private static readonly Lazy<ReadinessPoll?> Lazily = new(Start);

    private readonly int _epoll;
    private readonly ConcurrentDictionary<long, PolledWait> _waits = [];
    private long _lastId;

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
        new Thread(poll.Run) { IsBackground = true, Name = "Parley sockets" }.UnsafeStart();
        return poll;
    }

    private void Run()
    {
        var entries = stackalloc byte[EventsPerWait * EventRecord.MaxLength];
        while (true)
        {
            var count = Libc.EpollWait(_epoll, entries, EventsPerWait, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                return;
            }

            for (var i = 0; i < count; i++)
            {
                if (_waits.TryGetValue(EventRecord.Data(entries + i * EventRecord.Length), out var wait))
                {
                    wait.OnReadable();
                }
            }
        }
    }
}
