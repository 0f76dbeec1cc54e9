namespace Parley.Net;

/// <summary>
/// Where loops and event queues run: the thread pool (<see cref="ThreadPoolScheduler"/>), or a simulation that runs one
/// item after the other on virtual time.
/// </summary>
public interface IScheduler
{
    /// <summary>Runs the work soon, on some thread, never inside this call.</summary>
    void Schedule(IThreadPoolWorkItem work);
}
