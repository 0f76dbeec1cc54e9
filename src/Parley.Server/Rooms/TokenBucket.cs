namespace Parley.Server;

/// <summary>How fast one peer may send: a bucket of tokens that refills with time and may go into debt, which is paid by waiting.</summary>
internal sealed class TokenBucket
{
    private readonly double _capacity;
    private readonly double _perSecond;
    private readonly TimeProvider _time;
    private double _tokens;
    private long _filled;
    private long? _slowedSince;

    public TokenBucket(double capacity, double perSecond, TimeProvider time)
    {
        _capacity = capacity;
        _perSecond = perSecond;
        _time = time;
        _tokens = capacity;
        _filled = time.GetTimestamp();
    }

    /// <summary>How long the taker has been slowed without a pause that let the bucket fill to its half.</summary>
    public TimeSpan SlowedFor => _slowedSince is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Takes tokens if there are enough.</summary>
    public bool TryTake(double cost)
    {
        Fill();
        if (_tokens < cost)
        {
            return false;
        }

        _tokens -= cost;
        return true;
    }

    /// <summary>Takes tokens.</summary>
    /// <returns>How long to wait before taking more; zero when the bucket held enough.</returns>
    public TimeSpan Take(double cost)
    {
        long now = Fill();
        if (_tokens >= _capacity / 2)
        {
            _slowedSince = null;
        }

        _tokens -= cost;
        if (_tokens >= 0)
        {
            return TimeSpan.Zero;
        }

        _slowedSince ??= now;
        return TimeSpan.FromSeconds(-_tokens / _perSecond);
    }

    private long Fill()
    {
        long now = _time.GetTimestamp();
        _tokens = Math.Min(_capacity, _tokens + (_time.GetElapsedTime(_filled, now).TotalSeconds * _perSecond));
        _filled = now;
        return now;
    }
}
