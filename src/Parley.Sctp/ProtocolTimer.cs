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
