namespace Parley.Net;

/// <summary>
/// When datagrams arrived: the clock is read once for each batch that has any, and what the kernel has noted of a datagram, by the wall
/// clock, is put on the monotonic one. Owned by one loop at a time.
/// </summary>
internal sealed class ArrivalClock(TimeProvider clock)
{
    /// <summary>How long a datagram may have waited: with more, the wall clock has been set meanwhile.</summary>
    private const long LongestWait = 10_000_000_000;

    private Instant _now;
    private long _wallNow;
    private bool _isRead;

    /// <summary>A batch begins: the clock is read anew when the first datagram has come.</summary>
    public void Begin() => _isRead = false;

    /// <summary>The arrival of a datagram of which the kernel has noted nothing.</summary>
    public Instant Now()
    {
        if (!_isRead)
        {
            _isRead = true;
            _now = Instant.Now(clock);

            // The kernel's notes are of the system's wall clock, whatever clock the program was given.
            _wallNow = NanosecondsOf(DateTime.UtcNow);
        }

        return _now;
    }

    /// <summary>The arrival of a datagram by the kernel's note.</summary>
    /// <param name="wall">Nanoseconds since 1970, by the wall clock.</param>
    public Instant At(long wall)
    {
        var now = Now();
        var wait = _wallNow - wall;

        // What comes while a batch is read is younger than the reading of the clock: it counts as of that.
        return wait is > 0 and < LongestWait ? Instant.FromNanoseconds(now.Nanoseconds - wait) : now;
    }

    private static long NanosecondsOf(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) * 100;
}
