using Parley.Net;

namespace Parley.Sctp;

// ProbeBW: down, cruise, refill, up, and again.
public sealed partial class BbrController
{
    private const int MostRenoRounds = 63;
    private static readonly TimeSpan LeastProbeWait = TimeSpan.FromSeconds(2);

    private BbrFeedback _feedback;
    private Instant _cycleSince;

    // Not in the draft: until when no probe follows one that met the end of a queue.
    private Instant _holdUntil;

    private TimeSpan _probeWait;
    private long _roundsSinceUp;

    // bw_probe_up_rounds, bw_probe_up_acked, probe_up_acked_per_inc.
    private int _upRounds;
    private double _upAcknowledged;
    private double _upAcknowledgedPerPacket = double.PositiveInfinity;

    // is_bw_probe_sample, prev_probe_too_high, prev_probe_precautionary.
    private bool _isProbeSample;
    private bool _wasProbeTooHigh;
    private bool _wasProbePrecautionary;

    // "InflightWithHeadroom()".
    private double InflightWithHeadroom => double.IsInfinity(_longTermInflight)
        ? _longTermInflight
        : Math.Max(_longTermInflight - Math.Max(_packetSize, Headroom * _longTermInflight), LeastWindow);

    private void StartDown(Instant now)
    {
        ResetCongestionSignals();
        _upAcknowledgedPerPacket = double.PositiveInfinity;

        // "PickProbeWait()".
        _roundsSinceUp = _random.Next(2);
        _probeWait = LeastProbeWait + TimeSpan.FromSeconds(_random.NextDouble());
        _cycleSince = now;
        _feedback = BbrFeedback.ProbeStopping;
        StartRound();
        _phase = BbrPhase.Down;
    }

    private void StartRefill()
    {
        ResetShortTerm();
        _upRounds = 0;
        _upAcknowledged = 0;
        _wasProbePrecautionary = false;
        _feedback = BbrFeedback.Refilling;
        StartRound();
        _phase = BbrPhase.Refill;
    }

    private void StartUp()
    {
        _feedback = BbrFeedback.ProbeStarting;
        StartRound();
        ResetFullBandwidth(_sample.Rate);
        _phase = BbrPhase.Up;
        RaiseSlope();
    }

    // "UpdateProbeBWCyclePhase()".
    private void UpdateCycle(Instant now)
    {
        if (!_isFullBandwidthReached || AdaptLongTerm() || !IsInCycle)
        {
            return;
        }

        switch (_phase)
        {
            case BbrPhase.Down or BbrPhase.Cruise when IsTimeToProbe(now):
                StartRefill();
                break;
            case BbrPhase.Down when _inFlight <= InflightWithHeadroom && _inFlight <= Inflight(MaxBandwidth / Model):
                _phase = BbrPhase.Cruise;
                break;
            case BbrPhase.Refill when _isRoundStart:
                _isProbeSample = true;
                StartUp();
                break;
            case BbrPhase.Up when IsTimeToGoDown():
                _wasProbeTooHigh = false;
                StartDown(now);
                break;
        }
    }

    // "IsTimeToProbeBW()": as often as Reno on a short path would have come back to its window, else every two to three seconds; and not
    // before CUBIC would have after a loss in a queue: probes that meet what it has just filled would keep it small.
    private bool IsTimeToProbe(Instant now) =>
        now > _holdUntil && (now > _cycleSince + _probeWait || _roundsSinceUp >= Math.Min(TargetInflight / _packetSize, MostRenoRounds));

    // "IsTimeToGoDown()".
    private bool IsTimeToGoDown()
    {
        if (_wasProbeTooHigh && _inFlight >= _longTermInflight)
        {
            _wasProbePrecautionary = true;
            return true;
        }

        if (IsWindowLimited && _window >= _longTermInflight)
        {
            ResetFullBandwidth(_sample.Rate);
            return false;
        }

        return _isFullBandwidthNow;
    }

    // "RaiseInflightLongtermSlope()".
    private void RaiseSlope()
    {
        var growth = 1L << _upRounds;
        _upRounds = Math.Min(_upRounds + 1, 30);
        _upAcknowledgedPerPacket = Math.Max(_window / growth, _packetSize);
    }

    // "ProbeInflightLongtermUpward()".
    private void RaiseLongTerm()
    {
        if (!IsWindowLimited || _window < _longTermInflight)
        {
            return;
        }

        _upAcknowledged += _acknowledged;
        if (_upAcknowledged >= _upAcknowledgedPerPacket)
        {
            var packets = Math.Floor(_upAcknowledged / _upAcknowledgedPerPacket);
            _upAcknowledged -= packets * _upAcknowledgedPerPacket;
            _longTermInflight += packets * _packetSize;
        }

        if (_isRoundStart)
        {
            RaiseSlope();
        }
    }

    // "AdaptLongTermModel()"; true: it has decided what to do next.
    private bool AdaptLongTerm()
    {
        if (_feedback == BbrFeedback.ProbeStarting && _isRoundStart)
        {
            _feedback = BbrFeedback.ProbeFeedback;
        }

        if (_feedback == BbrFeedback.ProbeStopping && _isRoundStart)
        {
            _isProbeSample = false;
            _feedback = BbrFeedback.None;
            if (IsInCycle && !_sample.IsApplicationLimited)
            {
                AdvanceBandwidth();
            }

            if (IsInCycle && _wasProbePrecautionary && !_wasProbeTooHigh)
            {
                StartRefill();
                return true;
            }
        }

        if (double.IsInfinity(_longTermInflight) || IsInflightTooHigh(_sample.Lost, _sample.BytesInFlightWhenSent))
        {
            return false;
        }

        _longTermInflight = Math.Max(_longTermInflight, _sample.BytesInFlightWhenSent);
        if (_phase == BbrPhase.Up)
        {
            RaiseLongTerm();
        }

        return false;
    }
}
