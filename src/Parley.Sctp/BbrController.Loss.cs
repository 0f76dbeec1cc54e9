using Parley.Net;

namespace Parley.Sctp;

// What loss tells: of a probe that it went too far, else that the path carries less than before.
public sealed partial class BbrController
{
    private const int StartupLosses = 6;
    private const double CubicC = 0.4;
    private const double CubicShare = 0.85;
    private const double MostHold = 10;

    // inflight_longterm, bw_shortterm, inflight_shortterm.
    private double _longTermInflight = double.PositiveInfinity;
    private double _shortTermBandwidth = double.PositiveInfinity;
    private double _shortTermInflight = double.PositiveInfinity;

    // bw_latest, inflight_latest.
    private double _latestBandwidth;
    private double _latestInflight;

    // loss_round_delivered, loss_round_start, is_loss_in_round.
    private long _lossRoundEnd;
    private bool _isLossRoundStart;
    private bool _isLossInRound;

    // What the present round lost: bytes, and runs of packets.
    private long _lossesInRound;
    private long _lostInRound;
    private long _deliveredAtRoundStart;
    private long _lastLost = -2;

    private bool IsStartupLossHigh => _isRecovering && _lossesInRound >= StartupLosses && LossOfRound > LossThreshold;

    private double LossOfRound => _lostInRound == 0 ? 0 : (double)_lostInRound / (_lostInRound + _delivered - _deliveredAtRoundStart);

    /// <inheritdoc/>
    public void OnPacketLost(in PacketLoss loss, Instant now)
    {
        _delivered = loss.DeliveredInAll;
        NoteLoss();
        _lostInRound += loss.Bytes;
        _lossesInRound += loss.Packet > _lastLost + 1 ? 1 : 0;
        _lastLost = loss.Packet;
        if (!_isProbeSample || loss.BytesInFlightWhenSent == 0 || !IsInflightTooHigh(loss.Lost, loss.BytesInFlightWhenSent))
        {
            return;
        }

        // "InflightAtLoss()": where in the flight the loss became too much.
        var before = loss.BytesInFlightWhenSent - loss.Bytes;
        var prefix = (LossThreshold * before - (loss.Lost - loss.Bytes)) / (1 - LossThreshold);
        OnInflightTooHigh(before + prefix, loss.IsApplicationLimited, now);
    }

    // "IsInflightTooHigh()". A loss while packets wait before the link is congestion's; one without a queue may be the weather's, and some
    // of those are tolerated.
    private bool IsInflightTooHigh(long lost, long inFlight) => lost > inFlight * (IsQueueing ? 0 : LossThreshold);

    private void NoteLoss()
    {
        if (!_isLossInRound)
        {
            _lossRoundEnd = _delivered;
            SaveWindow();
        }

        _isLossInRound = true;
    }

    // "HandleInflightTooHigh()".
    private void OnInflightTooHigh(double inFlight, bool isApplicationLimited, Instant now)
    {
        _wasProbeTooHigh = true;
        _isProbeSample = false;
        if (!isApplicationLimited)
        {
            _longTermInflight = Math.Max(inFlight, TargetInflight * Beta);
        }

        if (IsQueueing)
        {
            // RFC 9438 §4.2, K: a CUBIC flow of this size that lost with us takes so long to be back where it was.
            _holdUntil = now
                + TimeSpan.FromSeconds(Math.Min(MostHold, CubicShare * Math.Cbrt(inFlight / _packetSize * (1 - Beta) / CubicC)));
        }

        if (_phase == BbrPhase.Up)
        {
            StartDown(now);
        }
    }

    private void UpdateLatestSignals()
    {
        _isLossRoundStart = false;
        _latestBandwidth = Math.Max(_latestBandwidth, _sample.Rate);
        _latestInflight = Math.Max(_latestInflight, _sample.Delivered);
        if (_sample.DeliveredBefore >= _lossRoundEnd)
        {
            _lossRoundEnd = _delivered;
            _isLossRoundStart = true;
        }
    }

    private void UpdateCongestionSignals()
    {
        UpdateBandwidth();
        if (!_isLossRoundStart)
        {
            return;
        }

        if (_isLossInRound && !IsProbingBandwidth)
        {
            LowerShortTerm();
        }

        _isLossInRound = false;
    }

    // "InitLowerBounds()" and "LossLowerBounds()". Without a queue, what is lost counts as delivered while it is no more than is tolerated,
    // and the pacing margin is given back: else each round with a single loss would lower the rate by what was lost and the margin, down
    // and down until the next probe.
    private void LowerShortTerm()
    {
        var loss = LossOfRound;
        var share = loss <= LossThreshold && !IsQueueing ? 1 / ((1 - loss) * (1 - PacingMargin)) : 1;
        if (double.IsInfinity(_shortTermBandwidth))
        {
            _shortTermBandwidth = MaxBandwidth;
        }

        if (double.IsInfinity(_shortTermInflight))
        {
            _shortTermInflight = _window;
        }

        _shortTermBandwidth = Math.Max(_latestBandwidth * share, Beta * _shortTermBandwidth);
        _shortTermInflight = Math.Max(_latestInflight * share, Beta * _shortTermInflight);
    }

    private void AdvanceLatestSignals()
    {
        if (_isLossRoundStart)
        {
            _latestBandwidth = _sample.Rate;
            _latestInflight = _sample.Delivered;
            _deliveredAtRoundStart = _delivered;
            _lostInRound = _lossesInRound = 0;
        }
    }

    private void ResetCongestionSignals()
    {
        _isLossInRound = false;
        _latestBandwidth = 0;
        _latestInflight = 0;
    }

    private void ResetShortTerm()
    {
        _shortTermBandwidth = double.PositiveInfinity;
        _shortTermInflight = double.PositiveInfinity;
    }
}
