namespace Parley.Server;

/// <summary>
/// What one socket may do: how fast its peer may send, control frames included, and how long it may leave a write waiting.
/// </summary>
internal sealed class SocketMeter(SignalingOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly TokenBucket _bucket = new(options.MessageBurst, options.MessagesPerSecond, time);
    private Action? _slowed;
    private Action<CutReason>? _cut;
    private bool _isSlowed;

    /// <summary>Who is told from now on: that the peer is slowed, and that it is to be given up.</summary>
    public void Follow(Action slowed, Action<CutReason> cut) => (_slowed, _cut) = (slowed, cut);

    /// <summary>The peer pays for what it sent, by waiting when it sends too fast.</summary>
    /// <returns>False when it has flooded long enough and is given up.</returns>
    public async ValueTask<bool> PayAsync(double cost, CancellationToken cancellation)
    {
        TimeSpan wait;
        bool floods, isNew;
        lock (_lock)
        {
            wait = _bucket.Take(cost);
            floods = _bucket.SlowedFor > options.FloodTolerance;
            isNew = wait > TimeSpan.Zero && !_isSlowed;
            _isSlowed = wait > TimeSpan.Zero;
        }

        if (wait == TimeSpan.Zero)
        {
            return true;
        }

        if (floods)
        {
            _cut?.Invoke(CutReason.Flood);
            return false;
        }

        if (isNew)
        {
            _slowed?.Invoke();
        }

        await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>A write begins; gives the peer up when it does not end in time.</summary>
    public ITimer WatchWrite() => time.CreateTimer(
        static self => ((SocketMeter)self!)._cut?.Invoke(CutReason.WriteTimeout), this, options.WriteTimeout, Timeout.InfiniteTimeSpan);
}
