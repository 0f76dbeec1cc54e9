namespace Parley;

/// <summary>A report that waits for the figures of several transports.</summary>
internal sealed class FiguresRequest(StatsCollection collection, int transports)
{
    private readonly TaskCompletionSource<StatsCollection> _promise = new();
    private int _pending = transports;

    /// <summary>Where the figures go; by one transport after the other.</summary>
    public StatsCollection Collection { get; } = collection;

    /// <summary>The report, once all transports have told their figures or are gone.</summary>
    public Task<StatsCollection> Task => _promise.Task;

    /// <summary>One transport is done, or will never be.</summary>
    public void Complete()
    {
        if (Interlocked.Decrement(ref _pending) == 0)
        {
            _promise.SetResult(Collection);
        }
    }
}
