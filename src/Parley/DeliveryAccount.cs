namespace Parley;

/// <summary>
/// What the peer's messages and announcements cost between the association and the user: one account for all channels of a connection. While it is full the
/// association holds messages back, its receive window closes, and the peer waits. Safe for concurrent use.
/// </summary>
internal sealed class DeliveryAccount
{
    /// <summary>What an event costs beyond its bytes: the array, the event, its task and their places in queues. An empty message is not free.</summary>
    public const int Overhead = 256;

    private const long Most = 4 * 1024 * 1024;

    // Below, so that a reader who is slower than the peer does not have one message delivered at a time.
    private const long ResumesBelow = 3 * 1024 * 1024;

    private long _bytes;
    private long _pauses;

    /// <summary>What has not been taken, in bytes, with what it costs.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How often it was full.</summary>
    public long Pauses => Interlocked.Read(ref _pauses);

    /// <summary>Whether more may be delivered.</summary>
    public bool HasRoom => Bytes < Most;

    /// <summary>Something is on its way to the user. Called by the loop alone.</summary>
    /// <param name="cost">Its bytes, with <see cref="Overhead"/>.</param>
    /// <returns>Whether more may be delivered.</returns>
    public bool Add(int cost)
    {
        var after = Interlocked.Add(ref _bytes, cost);
        if (after >= Most && after - cost < Most)
        {
            Interlocked.Increment(ref _pauses);
        }

        return after < Most;
    }

    /// <summary>The user has taken something.</summary>
    /// <returns>Whether it is time to deliver more, if that was held back.</returns>
    public bool Take(int cost)
    {
        var after = Interlocked.Add(ref _bytes, -cost);
        return after < ResumesBelow && after + cost >= ResumesBelow;
    }
}
