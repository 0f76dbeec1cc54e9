using System.Collections.Concurrent;

namespace Parley.Cli;

/// <summary>
/// One thread on which all of a command's own code runs: events of connections and of the room, and what follows every await.
/// Media does not pass here; it goes from the sources to the connections' loops and back.
/// </summary>
internal sealed class EventPump : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];

    /// <summary>Runs a command's code to its end.</summary>
    public static Task<T> RunAsync<T>(Func<Task<T>> main)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => new EventPump().Run(main, completion)) { Name = "parley", IsBackground = true };
        thread.Start();
        return completion.Task;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _work.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // The command has ended; what still comes in may run anywhere.
            base.Post(d, state);
        }
    }

    private void Run<T>(Func<Task<T>> main, TaskCompletionSource<T> completion)
    {
        SetSynchronizationContext(this);
        Task<T> running = main();
        running.ContinueWith(_ => _work.CompleteAdding(), TaskScheduler.Default);
        foreach ((SendOrPostCallback callback, object? state) in _work.GetConsumingEnumerable())
        {
            callback(state);
        }

        completion.SetFromTask(running);
    }
}
