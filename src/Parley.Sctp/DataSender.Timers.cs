using Parley.Net;

namespace Parley.Sctp;

// What finds a loss by time: the reordering window (RFC 8985 §6.2, step 5), the tail loss probe (§7), and the retransmission timer (RFC
// 9260 §6.3).
internal sealed partial class DataSender
{
    // §6.1-A: beyond a closed window, so that nothing tells of congestion when it is not taken.
    private bool IsProbingWindow => _peerWindow == 0 && !Outstanding.FillsGap(Outstanding.CumulativeAck + 1);

    /// <summary>Time has passed: what is overtaken for too long is lost, and a probe may be due.</summary>
    /// <param name="mayBegin">Whether the association's state lets new data leave.</param>
    /// <param name="now">The present instant.</param>
    public void Advance(bool mayBegin, Instant now)
    {
        if (Outstanding.LossDeadline <= now)
        {
            var inFlight = Outstanding.InFlight;
            if (Outstanding.DetectLoss(now, RoundTrip.Smoothed))
            {
                EnterRecovery(inFlight, now);
                OfferSkipped(now);
            }
        }

        if (_probe.Expire(now))
        {
            OnProbeTimer(mayBegin, now);
        }
    }

    /// <summary>
    /// Whether the retransmission timer has expired by now; told once. <see cref="OnTimeout"/> is what follows, unless it was once too
    /// often.
    /// </summary>
    public bool ExpireT3(Instant now) => _t3.Expire(now);

    /// <summary>§6.3.3: what is on its way is taken for lost.</summary>
    public void OnTimeout(Instant now)
    {
        _tally.RetransmissionTimeouts++;
        _logger.TimerExpired(_t3.Expirations, Backoff);
        var inFlight = Outstanding.InFlight;
        if (inFlight > 0 && !IsProbingWindow)
        {
            Congestion.OnRetransmissionTimeout(inFlight, now);
        }

        SuspectPath();
        _recovery.Stop();
        _probe.Stop();
        Outstanding.OnTimeout(now);
        _mayExceedWindowOnce = true;
        Skipped.OfferAgain();
        if (!Outstanding.IsEmpty)
        {
            _t3.Start(now + Backoff);
        }
    }

    private TimeSpan Backoff => _t3.Backoff(RoundTrip.Rto, _options.MaxRto);

    // §6.3.2-R2 and R3: nothing outstanding, no timer; the earliest acknowledged, a new one.
    private void UpdateT3(bool restart, Instant now)
    {
        if (Outstanding.IsEmpty || restart)
        {
            _t3.Stop();
        }

        if (!Outstanding.IsEmpty && !_t3.IsRunning)
        {
            _t3.Start(now + Backoff);
        }
    }

    // Not while a probe is on its way, or loss is being repaired.
    private void ScheduleProbe(Instant now)
    {
        _probe.Unschedule();
        if (Outstanding.IsEmpty || _recovery.IsActive || _probe.IsAwaited || Outstanding.HasLost || _t3.Expirations > 0
            || RoundTrip.Smoothed is not { } smoothed)
        {
            return;
        }

        _probe.Schedule(smoothed, Outstanding.InFlight <= Path.Size, _options.SackDelay, _t3.Due, now);
    }

    // §7.3: something new if there is, else the last once more; one packet beyond the window.
    private void OnProbeTimer(bool mayBegin, Instant now)
    {
        if (Outstanding.IsEmpty || Outstanding.HasLost)
        {
            return;
        }

        if (mayBegin && PeerWindow >= _largestFragment && Queue.Next(_peerWholeWindow, now) != OutgoingMessage.None)
        {
            _probe.Begin(Outstanding.Next + -1, isRepetition: false, now);
        }
        else if (Outstanding.TryProbe(now, out _))
        {
            _mayExceedWindowOnce = true;
            _probe.Begin(Outstanding.Next + -1, isRepetition: true, now);
        }
        else
        {
            return;
        }

        UpdateT3(restart: true, now);
    }
}
