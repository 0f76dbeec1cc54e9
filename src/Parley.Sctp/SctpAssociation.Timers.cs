using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// Each timer, and what happens when it is due (RFC 9260 §5.1, §6.3.3, §8).
public sealed partial class SctpAssociation
{
    private ProtocolTimer _t3;
    private ProtocolTimer _heartbeat;
    private ProtocolTimer _heartbeatAnswer;
    private ProtocolTimer _reconfigTimer;
    private ulong _heartbeatNonce;
    private Instant _heartbeatSentAt;
    private bool _sendHeartbeat;
    private bool _isHeartbeatAwaited;
    private int _errors;

    /// <summary>When to call <see cref="Advance"/> at the latest; null: nothing depends on time.</summary>
    public Instant? Deadline
    {
        get
        {
            if (_hasEnded)
            {
                return null;
            }

            var loss = Instant.Earliest(
                Instant.Earliest(_probe.Due, _outstanding.LossDeadline), Instant.Earliest(_path.Deadline, _pacer.Due));
            var due = Instant.Earliest(Instant.Earliest(_t1.Due, _t2.Due), Instant.Earliest(_t3.Due, _sackTimer.Due));
            return Instant.Earliest(
                Instant.Earliest(due, _reconfigTimer.Due), Instant.Earliest(Instant.Earliest(_heartbeat.Due, _heartbeatAnswer.Due), loss));
        }
    }

    /// <summary>Time has passed: what is due happens.</summary>
    public void Advance(Instant now)
    {
        if (_hasEnded)
        {
            return;
        }

        if (_sackTimer.Expire(now))
        {
            _sack = SackState.Now;
        }

        if (_t1.Expire(now))
        {
            OnT1();
        }

        if (_t2.Expire(now))
        {
            OnT2();
        }

        if (_outstanding.LossDeadline <= now)
        {
            OnLossTimer(now);
        }

        if (_probe.Expire(now))
        {
            OnProbeTimer(now);
        }

        if (_t3.Expire(now))
        {
            OnT3(now);
        }

        if (_reconfigTimer.Expire(now))
        {
            OnReconfigTimer();
        }

        _path.Advance(now);
        if (_heartbeatAnswer.Expire(now))
        {
            _isHeartbeatAwaited = false;
            CountError();
        }

        if (_heartbeat.Expire(now))
        {
            OnHeartbeatTimer(now);
        }
    }

    // §5.1.6 and §6.3.3-E2: doubled with each expiry in a row.
    private TimeSpan Backoff(TimeSpan first, in ProtocolTimer timer)
    {
        var duration = first * (1 << Math.Min(timer.Expirations, 16));
        return duration < _options.MaxRto ? duration : _options.MaxRto;
    }

    private void StopTimers()
    {
        _t1.Stop();
        _t2.Stop();
        _t3.Stop();
        _probe.Stop();
        _sackTimer.Stop();
        _reconfigTimer.Stop();
        _heartbeat.Stop();
        _heartbeatAnswer.Stop();
        _path.Reset();
    }

    private void OnT1()
    {
        if (_t1.Expirations > _options.MaxInitRetransmissions)
        {
            Fail(SctpFailure.ConnectTimeout, State == SctpState.CookieWait ? "INIT was not answered" : "COOKIE ECHO was not answered");
            return;
        }

        _holdsParametersBack |= _t1.Expirations >= 2;
        _sendInit = State == SctpState.CookieWait;
        _sendCookieEcho = State == SctpState.CookieEchoed;
    }

    private void OnT2()
    {
        if (CountError())
        {
            _sendShutdown = State == SctpState.ShutdownSent;
            _sendShutdownAck = State == SctpState.ShutdownAckSent;
        }
    }

    // §6.3.3. A probe of a closed window (§6.1-A) counts no error while the peer answers: a SACK has set the count back.
    private void OnT3(Instant now)
    {
        if (!CountError())
        {
            return;
        }

        _timeouts++;
        _logger.TimerExpired(_t3.Expirations, Backoff(_roundTrip.Rto, _t3));
        var inFlight = _outstanding.InFlight;
        if (inFlight > 0 && !IsProbingWindow)
        {
            _congestion.OnRetransmissionTimeout(inFlight, now);
        }

        SuspectPath();
        _isRecovering = false;
        _probe.Stop();
        _probeEnd = null;
        _sendProbe = false;
        _outstanding.OnTimeout(now);
        _mayExceedWindowOnce = true;
        if (_outstanding.AdvancedAckPoint > _outstanding.CumulativeAck)
        {
            _sendForwardTsn = true;
        }

        if (!_outstanding.IsEmpty)
        {
            _t3.Start(now + Backoff(_roundTrip.Rto, _t3));
        }
    }

    // §6.1-A: beyond a closed window, so that nothing tells of congestion when it is not taken.
    private bool IsProbingWindow => _peerWindow == 0 && !_outstanding.FillsGap(_outstanding.CumulativeAck + 1);

    // §8.3: a connection on which nothing is outstanding is asked whether it is alive.
    private void OnHeartbeatTimer(Instant now)
    {
        _heartbeat.Start(now + _options.HeartbeatInterval + _roundTrip.Rto);
        if (!IsDrained || State != SctpState.Established)
        {
            _pool.TrimUnused();
            _receivePool.TrimUnused();
            return;
        }

        Trim();
        _heartbeatNonce = _random.NextUInt64();
        _sendHeartbeat = true;
    }

    private void Trim()
    {
        _outstanding.Trim();
        _queue.Trim();
        _reassembly.Trim();
        _received.Trim();
        _events.Trim();
        _pool.Trim();
        _receivePool.Trim();
    }

    private void OnHeartbeat(ReadOnlySpan<byte> information)
    {
        if (State is not (SctpState.Closed or SctpState.CookieWait))
        {
            QueueControl(ChunkType.HeartbeatAck, information);
        }
    }

    private void OnHeartbeatAck(ReadOnlySpan<byte> information, Instant now)
    {
        var parameters = new ParameterReader(information);
        if (!parameters.TryNext() || parameters.Value.Length != 8)
        {
            return;
        }

        var nonce = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(parameters.Value);
        if (nonce == _path.Nonce && nonce != 0)
        {
            _errors = 0;
            OnPathAnswer(now);
        }

        OnRoundTripAnswer(nonce, now);
        if (!_isHeartbeatAwaited || nonce != _heartbeatNonce)
        {
            return;
        }

        _isHeartbeatAwaited = false;
        _heartbeatAnswer.Stop();
        _errors = 0;
        _roundTrip.Measure(now - _heartbeatSentAt);
    }

    /// <summary>§8.1: counts a failure to reach the peer; false when it was one too many.</summary>
    private bool CountError()
    {
        if (++_errors <= _options.MaxRetransmissions)
        {
            return true;
        }

        if (_peerTag != 0)
        {
            SendAlone(ChunkType.Abort, 0, [], _peerTag);
        }

        Fail(SctpFailure.PeerUnreachable, "no answer");
        return false;
    }
}
