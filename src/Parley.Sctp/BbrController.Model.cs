using Parley.Net;

namespace Parley.Sctp;

// The model: round trips counted, the most the path delivers, its shortest round trip, and how much acknowledgements are gathered.
public sealed partial class BbrController
{
    private const int AggregationRounds = 5;
    private const int FullBandwidthRounds = 3;
    private const double FullBandwidthGrowth = 1.25;
    private const double RoundTripTolerance = 1.02;
    private const double QueueingRoundTrip = 1.25;
    private static readonly TimeSpan RoundTripMemory = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbeRoundTripInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeRoundTripDuration = TimeSpan.FromMilliseconds(200);

    // round_count, round_start, next_round_delivered.
    private long _roundCount;
    private bool _isRoundStart;
    private long _roundEnd;

    // max_bw_filter: this cycle's and the one's before.
    private double _bandwidth;
    private double _bandwidthBefore;

    // full_bw, full_bw_count, full_bw_now, full_bw_reached.
    private double _fullBandwidth;
    private int _fullBandwidthCount;
    private bool _isFullBandwidthNow;
    private bool _isFullBandwidthReached;
    private long _drainStartRound;

    // min_rtt, min_rtt_stamp, probe_rtt_min_delay, probe_rtt_min_stamp, probe_rtt_expired.
    private TimeSpan? _leastRoundTrip;
    private Instant _leastRoundTripAt;
    private TimeSpan? _recentRoundTrip;
    private Instant _recentRoundTripAt;
    private bool _isRoundTripExpired;

    // The shortest round trip of the present packet-timed round, and of the one before.
    private TimeSpan? _roundTripNow;
    private TimeSpan? _roundTripOfRound;

    // probe_rtt_done_stamp, probe_rtt_round_done.
    private Instant? _probeRoundTripEnd;
    private bool _isProbeRoundDone;

    // extra_acked_interval_start, extra_acked_delivered, extra_acked_filter.
    private Instant _extraSince;
    private double _extraDelivered;
    private double _extra;
    private double _extraBefore;
    private long _extraRound;

    private double MaxBandwidth => Math.Max(_bandwidth, _bandwidthBefore);

    // BBR.bw: "BoundBWForModel()".
    private double Model => Math.Min(MaxBandwidth, _shortTermBandwidth);

    private double ProbeRoundTripWindow => Math.Max(BandwidthDelay(0.5), LeastWindow);

    // Whether each packet of the last round waited before the link.
    private bool IsQueueing => _roundTripOfRound > _leastRoundTrip * QueueingRoundTrip;

    // "TargetInflight()".
    private double TargetInflight => Math.Min(BandwidthDelay(1), _window);

    // "BDPMultiple()".
    private double BandwidthDelay(double gain) =>
        _leastRoundTrip is { } least && MaxBandwidth > 0 ? gain * Model * least.TotalSeconds : _initialWindow;

    private double Inflight(double gain) => WithOffload(BandwidthDelay(gain));

    // "QuantizationBudget()"; acknowledgements of batches come late by what a batch holds.
    private double WithOffload(double inflight) =>
        Math.Max(Math.Max(inflight, 3.0 * SendQuantum), LeastWindow) + (_phase == BbrPhase.Up ? 2.0 * _packetSize : 0);

    private void StartRound() => _roundEnd = _delivered;

    // "UpdateRound()".
    private void UpdateRound()
    {
        _isRoundStart = _sample.DeliveredBefore >= _roundEnd;
        if (_isRoundStart)
        {
            StartRound();
            _roundCount++;
            _roundsSinceUp++;
            (_wasWindowUsed, _isWindowUsed) = (_isWindowUsed, false);
            (_roundTripOfRound, _roundTripNow) = (_roundTripNow, null);
        }
    }

    // "UpdateMaxBw()".
    private void UpdateBandwidth()
    {
        UpdateRound();
        if (_sample.Rate > 0 && (_sample.Rate >= MaxBandwidth || !_sample.IsApplicationLimited))
        {
            _bandwidth = Math.Max(_bandwidth, _sample.Rate);
        }
    }

    // "AdvanceMaxBwFilter()"; a cycle that measured nothing forgets nothing.
    private void AdvanceBandwidth()
    {
        if (_bandwidth > 0)
        {
            (_bandwidthBefore, _bandwidth) = (_bandwidth, 0);
        }
    }

    // "UpdateACKAggregation()".
    private void UpdateAggregation(Instant now)
    {
        var expected = Model * (now - _extraSince).TotalSeconds;
        if (_extraDelivered <= expected)
        {
            (_extraDelivered, _extraSince, expected) = (0, now, 0);
        }

        _extraDelivered += _acknowledged;
        if (_isRoundStart && (!_isFullBandwidthReached || _roundCount >= _extraRound + AggregationRounds))
        {
            (_extraBefore, _extra, _extraRound) = (_extra, 0, _roundCount);
        }

        _extra = Math.Max(_extra, Math.Min(_extraDelivered - expected, _window));
    }

    // "ResetFullBW()".
    private void ResetFullBandwidth(double baseline)
    {
        _fullBandwidth = baseline;
        _fullBandwidthCount = 0;
        _isFullBandwidthNow = false;
    }

    // "CheckFullBWReached()": three rounds without a quarter more are a plateau.
    private void CheckFullBandwidth()
    {
        if (_isFullBandwidthNow || !_isRoundStart || _sample.IsApplicationLimited)
        {
            return;
        }

        if (_sample.Rate >= _fullBandwidth * FullBandwidthGrowth)
        {
            ResetFullBandwidth(_sample.Rate);
            return;
        }

        _isFullBandwidthNow = ++_fullBandwidthCount >= FullBandwidthRounds;
        _isFullBandwidthReached |= _isFullBandwidthNow;
    }

    // "CheckStartupDone()", "CheckStartupHighLoss()", "EnterDrain()".
    private void CheckStartupDone()
    {
        if (_phase != BbrPhase.Startup)
        {
            return;
        }

        if (_isLossRoundStart && !_isFullBandwidthReached && IsStartupLossHigh)
        {
            _isFullBandwidthReached = true;
            _longTermInflight = Math.Max(BandwidthDelay(1), _latestInflight);
        }

        if (_isFullBandwidthReached)
        {
            _phase = BbrPhase.Drain;
            _drainStartRound = _roundCount;
        }
    }

    // "UpdateMinRTT()". A round trip about as short as the shortest renews it as well: the queue was empty, and no ProbeRTT is needed to
    // find that out.
    private void UpdateLeastRoundTrip(TimeSpan? roundTrip, Instant now)
    {
        _isRoundTripExpired = _recentRoundTrip is not null && now > _recentRoundTripAt + ProbeRoundTripInterval;
        if (roundTrip is { } sample)
        {
            if (!(sample >= _recentRoundTrip) || _isRoundTripExpired)
            {
                (_recentRoundTrip, _recentRoundTripAt) = (sample, now);
            }
            else if (sample <= _recentRoundTrip * RoundTripTolerance)
            {
                _recentRoundTripAt = now;
            }
        }

        if (_recentRoundTrip is { } recent && (!(recent >= _leastRoundTrip) || now > _leastRoundTripAt + RoundTripMemory))
        {
            (_leastRoundTrip, _leastRoundTripAt) = (recent, _recentRoundTripAt);
        }
    }

    // "CheckProbeRTT()".
    private void CheckProbeRoundTrip(Instant now)
    {
        if (_phase != BbrPhase.ProbeRoundTrip && _isRoundTripExpired && !_isIdleRestart)
        {
            SaveWindow();
            _phase = BbrPhase.ProbeRoundTrip;
            _probeRoundTripEnd = null;
            _feedback = BbrFeedback.ProbeStopping;
            StartRound();
        }

        if (_phase == BbrPhase.ProbeRoundTrip)
        {
            HandleProbeRoundTrip(now);
        }

        if (_sample.Delivered > 0)
        {
            _isIdleRestart = false;
        }
    }

    private void HandleProbeRoundTrip(Instant now)
    {
        if (_probeRoundTripEnd is null)
        {
            if (_inFlight <= ProbeRoundTripWindow)
            {
                _probeRoundTripEnd = now + ProbeRoundTripDuration;
                _isProbeRoundDone = false;
                StartRound();
            }

            return;
        }

        _isProbeRoundDone |= _isRoundStart;
        if (_isProbeRoundDone)
        {
            EndProbeRoundTripIfDone(now);
        }
    }

    // "CheckProbeRTTDone()" and "ExitProbeRTT()".
    private void EndProbeRoundTripIfDone(Instant now)
    {
        if (!(now > _probeRoundTripEnd))
        {
            return;
        }

        _recentRoundTripAt = now;
        _window = Math.Max(_window, _windowBefore);
        ResetShortTerm();
        if (_isFullBandwidthReached)
        {
            StartDown(now);
            _phase = BbrPhase.Cruise;
        }
        else
        {
            _phase = BbrPhase.Startup;
        }
    }
}
