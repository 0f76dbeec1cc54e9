using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What the peer acknowledges (RFC 9260 §6.2.1, §7.2).
public sealed partial class SctpAssociation
{
    private long _peerWindow;

    // The largest it has offered: its room when nothing is in it.
    private long _peerWholeWindow;
    private Tsn _recoveryExit;
    private bool _isRecovering;
    private bool _mayExceedWindowOnce;
    private bool _isWindowLimited;
    private long _burst;
    private long _flightAtLoss;
    private long _deliveredInRecovery;
    private long _sentInRecovery;
    private long _recoveryBudget;
    private Tsn _forwardedTo;
    private Instant _forwardedAt;
    private bool _sendForwardTsn;

    private long PeerWindow => Math.Max(0, _peerWindow - _outstanding.PayloadInFlight);

    private void OnSack(ReadOnlySpan<byte> value, Instant now)
    {
        if (State is SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed)
        {
            return;
        }

        if (!SackChunk.TryParse(value, out var sack, out _))
        {
            Drop("malformed SACK");
            return;
        }

        // §6.2.1-i: an old one is dropped; so is one about what was never sent.
        if (!_outstanding.IsPlausible(sack.CumulativeTsnAck))
        {
            return;
        }

        _errors = 0;
        _peerWindow = sack.ReceiverWindow;
        _peerWholeWindow = Math.Max(_peerWholeWindow, _peerWindow);
        TakeSack(sack, now);
    }

    // A SHUTDOWN's cumulative TSN says nothing about the window or gaps.
    private void AcknowledgeCumulatively(Tsn cumulative, Instant now)
    {
        if (!_outstanding.IsPlausible(cumulative))
        {
            return;
        }

        Span<byte> value = stackalloc byte[SackChunk.FixedLength];
        value.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(value, cumulative.Value);
        if (SackChunk.TryParse(value, out var sack, out _))
        {
            TakeSack(sack, now);
        }
    }

    private void TakeSack(in SackChunk sack, Instant now)
    {
        var inFlight = _outstanding.InFlight;
        var outcome = _outstanding.Acknowledge(sack, _roundTrip.Smoothed, now);
        if (_outstanding.IsPeerReneging)
        {
            Violate("more acknowledgements taken back than given");
            return;
        }

        if (outcome.RoundTrip is { } sample)
        {
            _roundTrip.Measure(sample);
        }

        if (outcome.LatestRoundTrip is { } latest)
        {
            _roundTrip.Latest = latest;
        }

        if (_isRecovering && _outstanding.CumulativeAck >= _recoveryExit)
        {
            _isRecovering = false;
        }

        if (outcome.BytesAcknowledged > 0 || outcome.CumulativeAdvanced)
        {
            _congestion.OnAcknowledged(
                new Acknowledgement
                {
                    BytesAcknowledged = outcome.BytesAcknowledged,
                    CumulativeAdvanced = outcome.CumulativeAdvanced,
                    BytesInFlightBefore = inFlight,
                    WindowLimited = _isWindowLimited,
                    InFastRecovery = _isRecovering,
                    AllAcknowledged = _outstanding.IsEmpty,
                    RoundTrip = outcome.RoundTrip,
                    LatestRoundTrip = outcome.LatestRoundTrip,
                    BytesInFlight = _outstanding.InFlight,
                    Delivery = _delivery?.TakeSample() ?? default,
                },
                now);
        }

        EndProbe(sack.DuplicateTsns > 0, inFlight, now);
        if (outcome.HasLoss)
        {
            EnterRecovery(inFlight, now);
        }

        ReduceInProportion(outcome);

        _burst = Math.Max(_burst + (_isRecovering ? 1 : 2) * outcome.BytesAcknowledged, MaxBurstBytes);
        UpdateT3(outcome.CumulativeAdvanced, now);
        ScheduleProbe(now);
        OfferForwardTsn(now);
    }

    // §7.2.4: once for each window; the first packet of what was lost goes out whatever the window says.
    private void EnterRecovery(long inFlight, Instant now)
    {
        if (_isRecovering)
        {
            return;
        }

        _isRecovering = true;
        _flightAtLoss = Math.Max(1, inFlight);
        _deliveredInRecovery = _sentInRecovery = 0;
        _recoveryExit = _outstanding.Next + -1;
        _mayExceedWindowOnce = true;
        _congestion.OnLoss(inFlight, now);
    }

    // RFC 9937 §6, PRR: while loss is repaired, what leaves follows what has arrived, down to the new window; a burst of repetitions would
    // be lost like the first.
    private void ReduceInProportion(in AcknowledgeOutcome outcome)
    {
        if (!_isRecovering || _congestion.PacingRate is not null)
        {
            return;
        }

        _deliveredInRecovery += outcome.BytesAcknowledged;
        var window = _congestion.Window;
        if (_outstanding.InFlight > window)
        {
            _recoveryBudget = (long)((double)_deliveredInRecovery * window / _flightAtLoss) - _sentInRecovery;
            return;
        }

        // "SafeACK": the cumulative point advances, and nothing more was lost.
        var limit = Math.Max(_deliveredInRecovery - _sentInRecovery, outcome.BytesAcknowledged);
        limit += outcome is { CumulativeAdvanced: true, HasLoss: false } ? _path.Size : 0;
        _recoveryBudget = Math.Min(window - _outstanding.InFlight, limit);
    }

    // While more is in flight than the reduced window holds, each delivery still pays for its share.
    private bool IsPaidByRecovery => _isRecovering && _congestion.PacingRate is null && _recoveryBudget > 0;

    private bool IsHeldByRecovery =>
        _isRecovering && _congestion.PacingRate is null && _recoveryBudget <= 0 && !_mayExceedWindowOnce && _outstanding.InFlight > 0;

    // Whether what might leave waits for its time only. A probe, and the first packet after a loss, do not wait.
    private bool IsHeldByPacing(Instant now) =>
        !_sendProbe && !_mayExceedWindowOnce && !_pacer.MaySend(_congestion.PacingRate, _congestion.SendQuantum, now);

    private long MaxBurstBytes => Math.Max((long)_options.MaxBurst * _options.MaxPacketSize, 4L * _path.Size);

    // §6.3.2-R2 and R3: nothing outstanding, no timer; the earliest acknowledged, a new one.
    private void UpdateT3(bool restart, Instant now)
    {
        if (_outstanding.IsEmpty || restart)
        {
            _t3.Stop();
        }

        if (!_outstanding.IsEmpty && !_t3.IsRunning)
        {
            _t3.Start(now + Backoff(_roundTrip.Rto, _t3));
        }
    }

    // RFC 3758 §3.5-C3. The same one again only after a round trip: a SACK on its way may already answer it.
    private void OfferForwardTsn(Instant now)
    {
        if (_outstanding.AdvancedAckPoint > _outstanding.CumulativeAck
            && (_outstanding.AdvancedAckPoint != _forwardedTo || now - _forwardedAt > (_roundTrip.Smoothed ?? _roundTrip.Rto)))
        {
            _sendForwardTsn = true;
        }
    }
}
