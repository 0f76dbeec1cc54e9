using System.Runtime.CompilerServices;
using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// What finds a loss at the end of a flight before the retransmission timer does (RFC 8985 §7): waiting for its time, or on its way.
/// </summary>
internal struct TailLossProbe
{
    /// <summary>How long a peer may hold back the SACK of a lone packet (RFC 9260 §6.2).</summary>
    private static readonly TimeSpan PeerSackDelay = TimeSpan.FromMilliseconds(200);

    private ProtocolTimer _timer;
    private Sent? _sent;

    /// <summary>When it is to be sent.</summary>
    public readonly Instant? Deadline => _timer.Due;

    /// <summary>Whether one is on its way.</summary>
    public readonly bool IsAwaited => _sent is not null;

    /// <summary>Whether a packet of new data is owed as the probe: it leaves whatever the window says.</summary>
    public bool IsOwed { get; private set; }

    /// <summary>Sets the timer: §7.2, "TLP_calc_PTO()".</summary>
    /// <param name="smoothed">The smoothed round trip.</param>
    /// <param name="isLone">Whether all that is on its way is in one packet, whose SACK the peer may hold back.</param>
    /// <param name="sackDelay">How long a peer like this side holds back a SACK.</param>
    /// <param name="retransmission">When the retransmission timer expires: a probe that would come later is of no use.</param>
    /// <param name="now">The present instant.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Schedule(TimeSpan smoothed, bool isLone, TimeSpan sackDelay, Instant? retransmission, Instant now)
    {
        var timeout = 2 * smoothed + (isLone ? PeerSackDelay : sackDelay);
        if (retransmission is { } due && now + timeout < due)
        {
            _timer.Start(now + timeout);
        }
    }

    /// <summary>It is not to be sent for now.</summary>
    public void Unschedule() => _timer.Stop();

    /// <summary>Whether it is to be sent now; told once.</summary>
    public bool Expire(Instant now) => _timer.Expire(now);

    /// <summary>The probe leaves now.</summary>
    /// <param name="end">The last TSN sent before.</param>
    /// <param name="isRepetition">Whether it is the last chunk once more; else it is new data, which is owed from now on.</param>
    /// <param name="now">The present instant.</param>
    public void Begin(Tsn end, bool isRepetition, Instant now)
    {
        IsOwed |= !isRepetition;
        _sent = new Sent(end, isRepetition, now);
    }

    /// <summary>A packet with data has left.</summary>
    public void OnDataSent() => IsOwed = false;

    /// <summary>
    /// A SACK has come. True: the probe repaired a loss, which tells of congestion (§7.4). An acknowledgement sooner than a round trip is
    /// the first sending's, and so is one that reports the probe as a duplicate.
    /// </summary>
    public bool EndsWithLoss(Tsn cumulativeAck, bool hasDuplicates, TimeSpan? leastRoundTrip, Instant now)
    {
        if (_sent is not { } sent || cumulativeAck < sent.End)
        {
            return false;
        }

        _sent = null;
        return sent.IsRepetition && !hasDuplicates && now - sent.At >= leastRoundTrip;
    }

    /// <summary>The retransmission timer has expired, or the association has ended.</summary>
    public void Stop()
    {
        _timer.Stop();
        _sent = null;
        IsOwed = false;
    }

    private readonly record struct Sent(Tsn End, bool IsRepetition, Instant At);
}
