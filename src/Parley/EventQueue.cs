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
    private List<Action>? _held;
    private int _holder;
    private int _holds;
    private int _runningThread = -1;

    /// <summary>On the platform's scheduler: a turn is scheduled or runs. On a context: a task runs.</summary>
    private bool _isBusy;

    /// <summary>
    /// On a context, tasks have numbers: of the last one queued, of the last one begun, and of the last one whose post has run.
    /// </summary>
    private long _lastQueued, _lastBegun, _lastDue;

    /// <summary>
    /// How a promise's continuations run. On a context of the user's they run within the call that settles it, before the next task, as
    /// reactions to a promise do: the next task's post is made already. Without one they are nobody's turn, and may block.
    /// </summary>
    public TaskCreationOptions PromiseOptions =>
        context is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None;

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

    /// <summary>
    /// Queues a task. On a context it is posted before this returns, one post for each task, so that it keeps its place among the user's
    /// own posts.
    /// </summary>
    public void Enqueue(Action task)
    {
        long number;
        lock (_gate)
        {
            if (_held is not null && _holder == Environment.CurrentManagedThreadId)
            {
                _held.Add(task);
                return;
            }

            _tasks.Enqueue(task);
            number = ++_lastQueued;
            if (context is null && (_isBusy || _holds > 0))
            {
                return;
            }

            _isBusy |= context is null;
        }

        if (context is null)
        {
            scheduler.Schedule(this);
        }
        else
        {
            Post(number);
        }
    }

    /// <summary>Keeps back what the calling thread queues from now on, until <see cref="ReleaseTasks"/>.</summary>
    public void HoldTasks()
    {
        lock (_gate)
        {
            (_held, _holder) = ([], Environment.CurrentManagedThreadId);
        }
    }

    /// <summary>Queues what was kept back, or forgets it.</summary>
    public void ReleaseTasks(bool run)
    {
        List<Action>? held;
        lock (_gate)
        {
            held = _held;
            _held = null;
        }

        if (run)
        {
            held?.ForEach(Enqueue);
        }
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
        if (context is null)
        {
            if (EndHold())
            {
                scheduler.Schedule(this);
            }

            return;
        }

        long from, to;
        lock (_gate)
        {
            if (--_holds > 0 || _isBusy)
            {
                return;
            }

            // The posts of these have come while they could not run: each gets another.
            (from, to) = (_lastBegun, _lastDue);
            _lastDue = _lastBegun;
        }

        for (var number = from + 1; number <= to; number++)
        {
            Post(number);
        }
    }

    /// <summary>
    /// What is queued until <see cref="EndTurnHere"/> runs on the calling thread, unless a context of the user's is for that.
    /// </summary>
    public void BeginTurnHere()
    {
        if (context is null)
        {
            Hold();
        }
    }

    /// <summary>Runs what was queued since <see cref="BeginTurnHere"/>.</summary>
    public void EndTurnHere()
    {
        if (context is null && EndHold())
        {
            RunTurn();
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

    /// <summary>Without a context: true when a turn is to be begun.</summary>
    private bool EndHold()
    {
        lock (_gate)
        {
            return --_holds == 0 && !_isBusy && (_isBusy = _tasks.Count > 0);
        }
    }

    private void Post(long number) => context!.Post(static state =>
    {
        var (queue, posted) = ((EventQueue, long))state!;
        queue.RunPosted(posted);
    }, (this, number));

    /// <summary>
    /// The turn of a post: its task, and any before it whose post is still on its way from another thread. Where a task runs already, on
    /// another of the context's threads or further down on this one's stack, that turn goes on with it.
    /// </summary>
    private void RunPosted(long number)
    {
        lock (_gate)
        {
            _lastDue = Math.Max(_lastDue, number);
            if (_isBusy)
            {
                return;
            }

            _isBusy = true;
        }

        while (true)
        {
            Action task;
            lock (_gate)
            {
                if (_holds > 0 || _lastBegun >= _lastDue)
                {
                    _isBusy = false;
                    return;
                }

                _lastBegun++;
                task = _tasks.Dequeue();
            }

            Begin(task);
        }
    }

    /// <summary>A turn on the platform's scheduler: some of the tasks.</summary>
    private void RunTurn()
    {
        for (var budget = TasksPerTurn; budget > 0; budget--)
        {
            Action? task;
            lock (_gate)
            {
                if (_holds > 0 || !_tasks.TryDequeue(out task))
                {
                    _isBusy = false;
                    return;
                }
            }

            Begin(task);
        }

        scheduler.Schedule(this);
    }

    private void Begin(Action task)
    {
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
