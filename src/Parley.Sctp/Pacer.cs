using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// Spaces what leaves at a rate, in bursts of a quantum (draft-ietf-ccwg-bbr, "Pacing Rate" and "Send Quantum"). It only says when: whoever
/// drives the association wakes at <see cref="Due"/>, or a little later, which costs nothing as long as it is less than
/// <see cref="Slack"/>.
/// </summary>
internal struct Pacer
{
    /// <summary>Time for which what was not sent may be made up for: timers are late by a millisecond or two.</summary>
    private const long Slack = 2_000_000;

    private long _next;

    /// <summary>When more may leave; null: pacing holds nothing back.</summary>
    public Instant? Due { get; private set; }

    /// <summary>Whether a packet may leave now.</summary>
    /// <param name="rate">Bytes per second; null: as they come.</param>
    /// <param name="quantum">Bytes that leave together.</param>
    /// <param name="now">The present instant.</param>
    public readonly bool MaySend(double? rate, long quantum, Instant now) =>
        rate is not { } bytesPerSecond
            || _next <= now.Nanoseconds
            || (Due is null && _next < now.Nanoseconds + Duration(quantum, bytesPerSecond));

    /// <summary>Something waits only for its time.</summary>
    public void Hold() => Due = Instant.FromNanoseconds(_next);

    /// <summary>Nothing waits for its time.</summary>
    public void Release() => Due = null;

    /// <summary>A packet has left.</summary>
    public void OnSent(int bytes, double? rate, Instant now)
    {
        if (rate is { } bytesPerSecond)
        {
            _next = Math.Max(_next, now.Nanoseconds - Slack) + Duration(bytes, bytesPerSecond);
        }
    }

    private static long Duration(long bytes, double rate) => (long)(bytes * 1e9 / rate);
}
