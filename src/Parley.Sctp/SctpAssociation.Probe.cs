using Parley.Net;

namespace Parley.Sctp;

// What finds a loss at the end of a flight before the retransmission timer does (RFC 8985 §7, tail loss probe), and the timer behind the
// reordering window (§6.2, step 5).
public sealed partial class SctpAssociation
{
    /// <summary>How long a peer may hold back the SACK of a lone packet (RFC 9260 §6.2).</summary>
    private static readonly TimeSpan PeerSackDelay = TimeSpan.FromMilliseconds(200);

    private ProtocolTimer _probe;
    private Tsn? _probeEnd;
    private Instant _probeSentAt;
    private bool _isProbeRepeated;
    private bool _sendProbe;

    // §7.2: "TLP_calc_PTO()". Not while a probe is on its way, or loss is being repaired.
    private void ScheduleProbe(Instant now)
    {
        _probe.Stop();
        if (_outstanding.IsEmpty || _isRecovering || _probeEnd is not null || _outstanding.HasLost || _t3.Expirations > 0
            || _roundTrip.Smoothed is not { } smoothed)
        {
            return;
        }

        var timeout = 2 * smoothed + (_outstanding.InFlight <= _path.Size ? PeerSackDelay : _options.SackDelay);
        if (_t3.Due is { } due && now + timeout < due)
        {
            _probe.Start(now + timeout);
        }
    }

    // §7.3: something new if there is, else the last once more; one packet beyond the window.
    private void OnProbeTimer(Instant now)
    {
        if (_outstanding.IsEmpty || _outstanding.HasLost || State == SctpState.Closed)
        {
            return;
        }

        if (MaySendNew && PeerWindow >= LargestFragment && _queue.Next(_peerWholeWindow, now) != OutgoingMessage.None)
        {
            _sendProbe = true;
            _isProbeRepeated = false;
        }
        else if (_outstanding.TryProbe(now, out _))
        {
            _mayExceedWindowOnce = true;
            _isProbeRepeated = true;
        }
        else
        {
            return;
        }

        _probeEnd = _outstanding.Next + -1;
        _probeSentAt = now;
        UpdateT3(restart: true, now);
    }

    // §7.4: a probe that repaired a loss tells of congestion. An acknowledgement sooner than a round trip is the first sending's, and
    // so is one that reports the probe as a duplicate.
    private void EndProbe(bool hasDuplicates, long inFlight, Instant now)
    {
        if (_probeEnd is not { } end || _outstanding.CumulativeAck < end)
        {
            return;
        }

        _probeEnd = null;
        if (_isProbeRepeated && !hasDuplicates && now - _probeSentAt >= _outstanding.LeastRoundTrip)
        {
            _congestion.OnLoss(inFlight, now);
        }
    }

    private void OnLossTimer(Instant now)
    {
        var inFlight = _outstanding.InFlight;
        if (_outstanding.DetectLoss(now, _roundTrip.Smoothed))
        {
            EnterRecovery(inFlight, now);
            OfferForwardTsn(now);
        }
    }
}
