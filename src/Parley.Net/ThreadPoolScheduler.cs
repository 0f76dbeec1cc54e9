namespace Parley.Net;

/// <summary>Runs work on the .NET thread pool.</summary>
public sealed class ThreadPoolScheduler : IScheduler
{
    private ThreadPoolScheduler()
    {
    }

    /// <summary>The one instance.</summary>
    public static ThreadPoolScheduler Instance { get; } = new();

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
}
