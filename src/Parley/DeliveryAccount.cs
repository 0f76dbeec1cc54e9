namespace Parley;

/// <summary>
/// What the peer has sent between the association and the user: an account for each channel, of the messages' bytes, and one for all
/// channels of a connection, of what messages and announcements cost. While either is full the association holds messages back, its receive
/// window closes, and the peer waits. Safe for concurrent use.
/// </summary>
/// <param name="most">What may be delivered and not taken, in bytes.</param>
internal sealed class DeliveryAccount(long most)
{
    /// <summary>Of a channel.</summary>
    public const long MostOfChannel = 4 * 1024 * 1024;

    /// <summary>Of all channels: who reads one after the other must not wait for what is held back behind the others too soon.</summary>
    public const long MostOfConnection = 16 * 1024 * 1024;

    /// <summary>
    /// What an event costs beyond its bytes: the array, the event, its task and their places in queues. An empty message is not free.
    /// </summary>
    public const int Overhead = 256;

    // So much less that a reader who is slower than the peer does not have one message delivered at a time.
    private readonly long _resumesBelow = most - most / 4;
    private long _bytes;
    private long _pauses;

    /// <summary>What has not been taken, in bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How often it was full.</summary>
    public long Pauses => Interlocked.Read(ref _pauses);

    /// <summary>Whether more may be delivered.</summary>
    public bool HasRoom => Bytes < most;

    /// <summary>Something is on its way to the user. Called by the loop alone.</summary>
    /// <param name="cost">Its bytes; for the connection with <see cref="Overhead"/>.</param>
    /// <returns>Whether more may be delivered.</returns>
    public bool Add(int cost)
    {
        var after = Interlocked.Add(ref _bytes, cost);
        if (after >= most && after - cost < most)
        {
            Interlocked.Increment(ref _pauses);
        }

        return after < most;
    }

    /// <summary>The user has taken something.</summary>
    /// <returns>Whether it is time to deliver more, if that was held back.</returns>
    public bool Take(int cost)
    {
        var after = Interlocked.Add(ref _bytes, -cost);
        return after < _resumesBelow && after + cost >= _resumesBelow;
    }
}
