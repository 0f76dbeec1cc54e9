using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What the peer acknowledges (RFC 9260 §6.2.1, §7.2).
internal sealed partial class DataSender
{
    /// <summary>Whether the cumulative TSN is neither older than one before nor of what was never sent (§6.2.1-i).</summary>
    public bool IsPlausible(Tsn cumulativeAck) => Outstanding.IsPlausible(cumulativeAck);

    /// <summary>Takes a plausible SACK. False: the peer takes back more than it acknowledges for good.</summary>
    public bool OnSack(in SackChunk sack, Instant now)
    {
        _peerWindow = sack.ReceiverWindow;
        _peerWholeWindow = Math.Max(_peerWholeWindow, _peerWindow);
        return Take(sack, now);
    }

    /// <summary>
    /// Takes a SHUTDOWN's cumulative TSN, which says nothing about the window or gaps. False: as with <see cref="OnSack"/>.
    /// </summary>
    public bool OnCumulativeAck(Tsn cumulative, Instant now)
    {
        if (!IsPlausible(cumulative))
        {
            return true;
        }

        Span<byte> value = stackalloc byte[SackChunk.FixedLength];
        value.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(value, cumulative.Value);
        return !SackChunk.TryParse(value, out var sack, out _) || Take(sack, now);
    }

    private bool Take(in SackChunk sack, Instant now)
    {
        var inFlight = Outstanding.InFlight;
        var outcome = Outstanding.Acknowledge(sack, RoundTrip.Smoothed, now);
        if (Outstanding.IsPeerReneging)
        {
            return false;
        }

        if (outcome.RoundTrip is { } sample)
        {
            RoundTrip.Measure(sample);
        }

        if (outcome.LatestRoundTrip is { } latest)
        {
            RoundTrip.Latest = latest;
        }

        _recovery.OnCumulativeAck(Outstanding.CumulativeAck);
        if (outcome.BytesAcknowledged > 0 || outcome.CumulativeAdvanced)
        {
            Report(outcome, inFlight, now);
        }

        if (_probe.EndsWithLoss(Outstanding.CumulativeAck, sack.DuplicateTsns > 0, Outstanding.LeastRoundTrip, now))
        {
            Congestion.OnLoss(inFlight, now);
        }

        if (outcome.HasLoss)
        {
            EnterRecovery(inFlight, now);
        }

        if (_recovery.IsActive && !IsPaced)
        {
            _recovery.OnAcknowledged(outcome, Outstanding.InFlight, Congestion.Window, Path.Size);
        }

        _burst = Math.Max(_burst + (_recovery.IsActive ? 1 : 2) * outcome.BytesAcknowledged, MaxBurstBytes);
        UpdateT3(outcome.CumulativeAdvanced, now);
        ScheduleProbe(now);
        OfferSkipped(now);
        return true;
    }

    private void Report(in AcknowledgeOutcome outcome, long inFlightBefore, Instant now) =>
        Congestion.OnAcknowledged(
            new Acknowledgement
            {
                BytesAcknowledged = outcome.BytesAcknowledged,
                CumulativeAdvanced = outcome.CumulativeAdvanced,
                BytesInFlightBefore = inFlightBefore,
                WindowLimited = _isWindowLimited,
                InFastRecovery = _recovery.IsActive,
                AllAcknowledged = Outstanding.IsEmpty,
                RoundTrip = outcome.RoundTrip,
                LatestRoundTrip = outcome.LatestRoundTrip,
                BytesInFlight = Outstanding.InFlight,
                Delivery = _delivery?.TakeSample() ?? default,
            },
            now);

    // §7.2.4: once for each window; the first packet of what was lost goes out whatever the window says.
    private void EnterRecovery(long inFlight, Instant now)
    {
        if (_recovery.IsActive)
        {
            return;
        }

        _recovery.Begin(inFlight, Outstanding.Next + -1);
        _mayExceedWindowOnce = true;
        Congestion.OnLoss(inFlight, now);
    }

    private void OfferSkipped(Instant now) => Skipped.Offer(RoundTrip.Smoothed ?? RoundTrip.Rto, now);
}
