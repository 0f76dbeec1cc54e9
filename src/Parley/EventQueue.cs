using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley;

/// <summary>
/// The specification's "queue a task": runs tasks one at a time, in order, on the synchronization context that was current when the
/// connection was made, else on the platform's scheduler. What a task settles (the promises, in the specification's words) is
/// settled after the task's body, as microtasks are.
/// </summary>
internal sealed class EventQueue(IScheduler scheduler, SynchronizationContext? context, ILogger logger) : IThreadPoolWorkItem
{
    private const int TasksPerTurn = 32;
    private readonly Lock _gate = new();
    private readonly Queue<Action> _tasks = new();
    private readonly Queue<Action> _microtasks = new();
    private bool _scheduled;
    private int _holds;
    private int _runningThread = -1;

    /// <summary>Tasks that wait to run.</summary>
    public int Backlog
    {
        get
        {
            lock (_gate)
            {
                return _tasks.Count;
            }
        }
    }

    /// <summary>Queues a task.</summary>
    public void Enqueue(Action task)
    {
        lock (_gate)
        {
            _tasks.Enqueue(task);
            if (_scheduled || _holds > 0)
            {
                return;
            }

            _scheduled = true;
        }

        Schedule();
    }

    /// <summary>Begins no task until <see cref="Release"/> has been called as often; one that runs already runs on.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _holds++;
        }
    }

    /// <summary>Ends a <see cref="Hold"/>.</summary>
    public void Release()
    {
        if (EndHold())
        {
            Schedule();
        }
    }

    /// <summary>Ends a <see cref="Hold"/> and runs what waits on the calling thread, unless a context of the user's is for that.</summary>
    public void ReleaseHere()
    {
        if (!EndHold())
        {
            return;
        }

        if (context is null)
        {
            RunTurn();
        }
        else
        {
            Schedule();
        }
    }

    /// <summary>Runs an action when the present task has ended, before the next one; from outside a task, as a task of its own.</summary>
    public void EnqueueMicrotask(Action microtask)
    {
        if (Volatile.Read(ref _runningThread) == Environment.CurrentManagedThreadId)
        {
            _microtasks.Enqueue(microtask);
        }
        else
        {
            Enqueue(microtask);
        }
    }

    /// <summary>Calls an event's handlers; what a handler throws is logged and does not reach the connection.</summary>
    public void Raise<TArgs>(EventHandler<TArgs>? handlers, object sender, TArgs args)
    {
        if (handlers is null)
        {
            return;
        }

        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(sender, args);
            }
            catch (Exception error)
            {
                ConnectionLog.HandlerFailed(logger, error);
            }

            RunMicrotasks();
        }
    }

    /// <summary>Calls an event's handlers; what a handler throws is logged and does not reach the connection.</summary>
    public void Raise(EventHandler? handlers, object sender)
    {
        if (handlers is null)
        {
            return;
        }

        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(sender, EventArgs.Empty);
            }
            catch (Exception error)
            {
                ConnectionLog.HandlerFailed(logger, error);
            }

            RunMicrotasks();
        }
    }

    /// <summary>Lets an object raise events of its own; what a handler throws is logged and does not reach the connection.</summary>
    public void Run(Action raise)
    {
        try
        {
            raise();
        }
        catch (Exception error)
        {
            ConnectionLog.HandlerFailed(logger, error);
        }

        RunMicrotasks();
    }

    void IThreadPoolWorkItem.Execute() => RunTurn();

    /// <summary>True when a turn is to be begun.</summary>
    private bool EndHold()
    {
        lock (_gate)
        {
            return --_holds == 0 && !_scheduled && (_scheduled = _tasks.Count > 0);
        }
    }

    private void Schedule()
    {
        if (context is not null)
        {
            context.Post(static state => ((EventQueue)state!).RunTurn(), this);
        }
        else
        {
            scheduler.Schedule(this);
        }
    }

    private void RunTurn()
    {
        // On a context of the user's, continuations that one task released come before the next task: a turn is one task.
        var budget = context is null ? TasksPerTurn : 1;
        while (true)
        {
            Action? task;
            lock (_gate)
            {
                if (_holds > 0 || !_tasks.TryDequeue(out task))
                {
                    _scheduled = false;
                    return;
                }
            }

            Volatile.Write(ref _runningThread, Environment.CurrentManagedThreadId);
            try
            {
                task();
            }
            catch (Exception error)
            {
                ConnectionLog.TaskFailed(logger, error);
            }

            RunMicrotasks();
            Volatile.Write(ref _runningThread, -1);
            if (--budget == 0)
            {
                break;
            }
        }

        Schedule();
    }

    private void RunMicrotasks()
    {
        while (_microtasks.TryDequeue(out var microtask))
        {
            try
            {
                microtask();
            }
            catch (Exception error)
            {
                ConnectionLog.TaskFailed(logger, error);
            }
        }
    }
}
