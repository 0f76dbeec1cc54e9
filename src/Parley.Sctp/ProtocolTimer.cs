using Parley.Net;

namespace Parley.Sctp;

/// <summary>A timer that only says when it is due.</summary>
internal struct ProtocolTimer
{
    private Instant _due;

    public readonly Instant? Due => IsRunning ? _due : null;

    public bool IsRunning { get; private set; }

    /// <summary>How often in a row it has expired since <see cref="Stop"/>.</summary>
    public int Expirations { get; private set; }

    public void Start(Instant due)
    {
        _due = due;
        IsRunning = true;
    }

    public void Stop()
    {
        IsRunning = false;
        Expirations = 0;
    }

    /// <summary>RFC 9260 §5.1.6 and §6.3.3-E2: a duration doubled with each expiry in a row.</summary>
    public readonly TimeSpan Backoff(TimeSpan first, TimeSpan most)
    {
        var duration = first * (1 << Math.Min(Expirations, 16));
        return duration < most ? duration : most;
    }

    /// <summary>Whether it is due now; it then runs no more.</summary>
    public bool Expire(Instant now)
    {
        if (!IsRunning || now < _due)
        {
            return false;
        }

        IsRunning = false;
        Expirations++;
        return true;
    }
}
