using Parley.Net;

namespace Parley.Rtp;

/// <summary>When the next regular report is due (RFC 3550 §6.3, A.7, with T_rr_interval of RFC 4585 §3.4 as the least interval).</summary>
internal sealed class RtcpScheduler(RtpSessionOptions options, RandomSource random)
{
    // §6.3.1: the random factor is divided by e - 3/2, to make up for timer reconsideration.
    private const double Compensation = Math.E - 1.5;

    // RFC 3550 §6.2 counts the headers below, too: UDP and IPv4.
    private const int LowerHeaders = 28;

    private bool _initial = true;
    private double _averageSize = 128;
    private Instant _last;

    /// <summary>When to look again; null while there is nobody to report to.</summary>
    public Instant? Next { get; private set; }

    /// <summary>Begins, unless begun.</summary>
    public void Start(int members, int senders, bool weSend, Instant now)
    {
        if (Next is null)
        {
            _last = now;
            Next = now + Interval(members, senders, weSend);
        }
    }

    /// <summary>Ends, until started again.</summary>
    public void Stop() => Next = null;

    /// <summary>Whether a report is to be sent now: the timer has run out and, reconsidered, is still out (§6.3.6).</summary>
    public bool IsDue(int members, int senders, bool weSend, Instant now)
    {
        if (Next is not { } next || now < next)
        {
            return false;
        }

        var reconsidered = _last + Interval(members, senders, weSend);
        if (reconsidered > now)
        {
            Next = reconsidered;
            return false;
        }

        return true;
    }

    /// <summary>A report was sent.</summary>
    public void OnReport(int members, int senders, bool weSend, Instant now)
    {
        _last = now;
        _initial = false;
        Next = now + Interval(members, senders, weSend);
    }

    /// <summary>§6.3.3: the average size of RTCP packets, sent and received.</summary>
    public void OnPacket(int size) => _averageSize += (size + LowerHeaders - _averageSize) / 16;

    private TimeSpan Interval(int members, int senders, bool weSend)
    {
        // §6.3.1: a quarter of the bandwidth for senders, when they are few.
        var bandwidth = options.SessionBandwidth / 8.0 * 0.05;
        var counted = members;
        if (senders > 0 && senders <= members * 0.25)
        {
            bandwidth *= weSend ? 0.25 : 0.75;
            counted = weSend ? senders : members - senders;
        }

        var least = options.MinReportInterval.TotalSeconds * (_initial ? 0.5 : 1);
        var interval = Math.Max(least, counted * _averageSize / bandwidth);
        return TimeSpan.FromSeconds(interval * (random.NextDouble() + 0.5) / Compensation);
    }
}
