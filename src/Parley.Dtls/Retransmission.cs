using Parley.Net;

namespace Parley.Dtls;

/// <summary>When the last flight is to be sent again (RFC 6347 §4.2.4.1).</summary>
internal sealed class Retransmission(TimeSpan initial, TimeSpan maximum)
{
    private readonly TimeSpan _initial = initial;
    private TimeSpan _wait = initial;
    private Instant? _lastSent;

    /// <summary>When the wait for an answer ends; null when none is awaited.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>A new flight begins: its waits begin anew.</summary>
    public void Reset()
    {
        _wait = _initial;
        Stop();
    }

    public void Stop() => Deadline = null;

    /// <summary>A flight has left.</summary>
    public void Sent(Instant now, bool awaitsAnswer)
    {
        _lastSent = now;
        Deadline = awaitsAnswer ? now + _wait : null;
    }

    /// <summary>Whether the wait is over; the next one is then twice as long.</summary>
    public bool Expire(Instant now)
    {
        if (Deadline is not { } deadline || now < deadline)
        {
            return false;
        }

        Deadline = null;
        _wait = _wait * 2 < maximum ? _wait * 2 : maximum;
        return true;
    }

    /// <summary>
    /// Whether a repetition by the peer is to be answered by one of ours. A peer that repeats within half the first wait of our last
    /// flight has not had the time to read it, or the network doubled its datagram.
    /// </summary>
    public bool MayAnswerRepetition(Instant now) => _lastSent is not { } sent || now - sent >= _initial / 2;
}
