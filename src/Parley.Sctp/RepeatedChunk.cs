using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// A control chunk that is sent until it is answered: it is to be sent, or on its way while its timer runs (T1-init, T1-cookie,
/// T2-shutdown, and RFC 6525's RE-CONFIG timer).
/// </summary>
internal struct RepeatedChunk
{
    private ProtocolTimer _timer;

    /// <summary>Whether the next packet carries it.</summary>
    public bool IsDue { get; private set; }

    /// <summary>When it is to be sent again; null: it is not on its way.</summary>
    public readonly Instant? Deadline => _timer.Due;

    /// <summary>How often in a row it has not been answered in time.</summary>
    public readonly int Expirations => _timer.Expirations;

    /// <summary>The next packet carries it.</summary>
    public void Request() => IsDue = true;

    /// <summary>It has left.</summary>
    /// <param name="timeout">How long the answer to the first sending is waited for; twice as long for each that was not answered.</param>
    /// <param name="most">The longest wait.</param>
    /// <param name="now">The present instant.</param>
    public void OnSent(TimeSpan timeout, TimeSpan most, Instant now)
    {
        IsDue = false;
        _timer.Start(now + _timer.Backoff(timeout, most));
    }

    /// <summary>It is not sent before a time, though nothing is on its way.</summary>
    public void Postpone(Instant until) => _timer.Start(until);

    /// <summary>Whether the answer has failed to come by now; told once.</summary>
    public bool Expire(Instant now) => _timer.Expire(now);

    /// <summary>It is answered, or not wanted any more.</summary>
    public void Stop()
    {
        IsDue = false;
        _timer.Stop();
    }
}
