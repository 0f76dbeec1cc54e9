using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// Congestion control by a model of the path: BBR, version 3 (draft-ietf-ccwg-bbr-06). What the path delivers at most and its shortest
/// round trip say how fast to send and how much may be on its way; loss counts where it comes with sending more. See docs/sctp.md for where
/// it differs from the draft.
/// </summary>
/// <remarks>Names of the draft's variables stand where they are declared.</remarks>
public sealed partial class BbrController : ICongestionController
{
    private const double StartupPacingGain = 2.77;
    private const double LossThreshold = 0.02;
    private const double Beta = 0.7;
    private const double Headroom = 0.15;
    private const double PacingMargin = 0.01;
    private const long LargestQuantum = 64 * 1024;

    private readonly RandomSource _random;
    private readonly double _initialWindow;
    private int _packetSize;
    private BbrPhase _phase = BbrPhase.Startup;
    private double _window;
    private double _windowBefore;
    private double _pacingRate;
    private bool _hasRoundTrip;
    private bool _isRecovering;
    private bool _isIdleRestart;
    private bool _isWindowUsed;
    private bool _wasWindowUsed;
    private long _inFlight;
    private long _acknowledged;
    private long _delivered;
    private DeliverySample _sample;

    /// <summary>Makes a controller with an initial window of ten packets (RFC 6928 §2).</summary>
    /// <param name="packetSize">The largest packet, in bytes.</param>
    /// <param name="random">When to look for more bandwidth is drawn from it, so that flows do not look at once.</param>
    public BbrController(int packetSize, RandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(packetSize);
        ArgumentNullException.ThrowIfNull(random);
        _random = random;
        _packetSize = packetSize;
        _window = _initialWindow = 10.0 * packetSize;

        // "InitPacingRate()", while no round trip is known.
        _pacingRate = StartupPacingGain * _initialWindow / 0.001;
    }

    /// <inheritdoc/>
    public long Window => (long)_window;

    /// <inheritdoc/>
    public double? PacingRate => _pacingRate;

    /// <inheritdoc/>
    public long SendQuantum => (long)Math.Max(Math.Min(_pacingRate * 0.001, LargestQuantum), 2.0 * _packetSize);

    /// <inheritdoc/>
    public bool MeasuresDelivery => true;

    /// <summary>What it is doing; for tests.</summary>
    internal BbrPhase Phase => _phase;

    /// <summary>The most the path delivers, in bytes per second, as far as is known (BBR.max_bw).</summary>
    internal double Bandwidth => MaxBandwidth;

    private double LeastWindow => 4.0 * _packetSize;

    private double PacingGain => _phase switch
    {
        BbrPhase.Startup => StartupPacingGain,
        BbrPhase.Drain => 0.5,
        BbrPhase.Down => 0.9,
        BbrPhase.Up => 1.25,
        _ => 1,
    };

    private double WindowGain => _phase switch
    {
        BbrPhase.Up => 2.25,
        BbrPhase.ProbeRoundTrip => 0.5,
        _ => 2,
    };

    // C.is_cwnd_limited: in this packet-timed round trip or the one before.
    private bool IsWindowLimited => _isWindowUsed || _wasWindowUsed;

    private bool IsProbingBandwidth => _phase is BbrPhase.Startup or BbrPhase.Refill or BbrPhase.Up;

    private bool IsInCycle => _phase is BbrPhase.Down or BbrPhase.Cruise or BbrPhase.Refill or BbrPhase.Up;

    /// <inheritdoc/>
    public void OnSent(in SentPacket packet, Instant now)
    {
        _isWindowUsed |= packet.BytesInFlight + _packetSize > _window;
        if (packet.BytesInFlight <= packet.Bytes)
        {
            RestartFromIdle(now);
        }
    }

    /// <inheritdoc/>
    public void OnAcknowledged(in Acknowledgement acknowledged, Instant now)
    {
        _sample = acknowledged.Delivery;
        _delivered = _sample.DeliveredInAll;
        _inFlight = acknowledged.BytesInFlight;
        _acknowledged = acknowledged.BytesAcknowledged;
        var latest = acknowledged.LatestRoundTrip;
        if (!_hasRoundTrip && latest > TimeSpan.Zero)
        {
            _hasRoundTrip = true;
            _pacingRate = StartupPacingGain * _initialWindow / latest.Value.TotalSeconds;
        }

        if (_isRecovering && !acknowledged.InFastRecovery)
        {
            // "Upon exiting loss recovery … RestoreCwnd()".
            _window = Math.Max(_window, _windowBefore);
        }

        _isRecovering = acknowledged.InFastRecovery;
        if (latest is { } trip && !(trip >= _roundTripNow))
        {
            _roundTripNow = trip;
        }

        if (_sample.HasData)
        {
            UpdateModel(latest, now);
        }

        SetPacingRate(PacingGain);
        SetWindow();
    }

    /// <inheritdoc/>
    public void OnLoss(long bytesInFlight, Instant now)
    {
        SaveWindow();
        NoteLoss();
    }

    /// <inheritdoc/>
    public void OnRetransmissionTimeout(long bytesInFlight, Instant now)
    {
        // "OnEnterRTO()": what was on its way is taken for lost.
        SaveWindow();
        _isRecovering = false;
        _window = _packetSize;
    }

    /// <inheritdoc/>
    public void OnPacketSizeChanged(int packetSize) => _packetSize = packetSize;

    /// <inheritdoc/>
    public void OnIdle()
    {
        // "When restarting from idle in ProbeBW states, BBR leaves C.cwnd as-is": it paces.
    }

    // "HandleRestartFromIdle()".
    private void RestartFromIdle(Instant now)
    {
        _isIdleRestart = true;
        _extraSince = now;
        if (IsInCycle)
        {
            SetPacingRate(1);
        }
        else if (_phase == BbrPhase.ProbeRoundTrip)
        {
            EndProbeRoundTripIfDone(now);
        }
    }

    // "UpdateModelAndState()".
    private void UpdateModel(TimeSpan? roundTrip, Instant now)
    {
        UpdateLatestSignals();
        UpdateCongestionSignals();
        UpdateAggregation(now);
        CheckFullBandwidth();
        CheckStartupDone();
        if (_phase == BbrPhase.Drain && (_inFlight <= Inflight(1) || _roundCount > _drainStartRound + 3))
        {
            StartDown(now);
        }

        UpdateCycle(now);
        UpdateLeastRoundTrip(roundTrip, now);
        CheckProbeRoundTrip(now);
        AdvanceLatestSignals();
    }

    // "SetPacingRateWithGain()".
    private void SetPacingRate(double gain)
    {
        var rate = gain * Model * (1 - PacingMargin);
        if (rate > 0 && (_isFullBandwidthReached || rate > _pacingRate))
        {
            _pacingRate = rate;
        }
    }

    // "SetCwnd()" and "BoundCwndForModel()".
    private void SetWindow()
    {
        var most = WithOffload(BandwidthDelay(WindowGain) + Math.Max(_extra, _extraBefore));
        if (_isFullBandwidthReached)
        {
            _window = Math.Min(_window + _acknowledged, most);
        }
        else if (_window < most || _delivered < _initialWindow)
        {
            _window += _acknowledged;
        }

        _window = Math.Max(_window, LeastWindow);
        if (_phase == BbrPhase.ProbeRoundTrip)
        {
            _window = Math.Min(_window, ProbeRoundTripWindow);
        }

        var cap = _phase switch
        {
            BbrPhase.Down or BbrPhase.Refill or BbrPhase.Up => _longTermInflight,
            BbrPhase.Cruise or BbrPhase.ProbeRoundTrip => InflightWithHeadroom,
            _ => double.PositiveInfinity,
        };
        _window = Math.Min(_window, Math.Max(Math.Min(cap, _shortTermInflight), LeastWindow));
    }

    // "SaveCwnd()".
    private void SaveWindow() =>
        _windowBefore = !_isRecovering && _phase != BbrPhase.ProbeRoundTrip ? _window : Math.Max(_windowBefore, _window);
}
