using Parley.Net;

namespace Parley.Tests;

/// <summary>Counts the turns that are asked of another scheduler.</summary>
internal sealed class CountingScheduler(IScheduler scheduler) : IScheduler
{
    public long Scheduled { get; private set; }

    public void Schedule(IThreadPoolWorkItem work)
    {
        Scheduled++;
        scheduler.Schedule(work);
    }
}
