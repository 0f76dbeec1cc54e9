using Parley.Net;

namespace Parley.Sctp;

// When a chunk is lost (RFC 8985, RACK, in place of the three misses of RFC 9260 §7.2.4): when something sent later has been acknowledged
// and either three packets or the reordering window have passed.
internal sealed partial class RetransmissionQueue
{
    private const int MaxReorderingMultiplier = 16;

    /// <summary>With fewer gaps a SACK tells of all; the least generous peer known reports 20.</summary>
    private const int ManyGaps = 16;

    /// <summary>How long a shortest round trip counts at least: paths change.</summary>
    private static readonly TimeSpan RoundTripMemory = TimeSpan.FromSeconds(10);

    /// <summary>RFC 8985 §6.2: "RACK.reo_wnd_persist", in rounds here.</summary>
    private const int ReorderingPersistence = 16;

    private long _largestAcknowledgedPacket = -1;
    private TimeSpan _rackRoundTrip;
    private TimeSpan? _leastRoundTripBefore, _leastRoundTripNow;
    private Instant _leastRoundTripSince;
    private Tsn _furthestAcknowledged = initialTsn + -1;
    private Tsn _furthestBeforeSack = initialTsn + -1;
    private bool _hasSeenReordering;
    private int _reorderingMultiplier = 1;
    private int _roundsSinceSpurious;
    private bool _hasResentInRound;

    /// <summary>When something overtaken will be taken for lost, unless it is acknowledged before.</summary>
    public Instant? LossDeadline { get; private set; }

    /// <summary>The shortest round trip of the last seconds; null before the first.</summary>
    public TimeSpan? LeastRoundTrip => _leastRoundTripBefore < _leastRoundTripNow ? _leastRoundTripBefore : _leastRoundTripNow;

    /// <summary>Marks what is lost by now; true when something was.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="smoothedRoundTrip">The most the reordering window may grow to.</param>
    public bool DetectLoss(Instant now, TimeSpan? smoothedRoundTrip)
    {
        var patience = _rackRoundTrip + ReorderingWindow(smoothedRoundTrip);
        LossDeadline = null;
        var found = DetectLossOfFirstSendings(now, patience);
        found |= DetectLossOfResent(now, patience);
        if (found)
        {
            AdvanceAckPoint();
        }

        return found;
    }

    /// <summary>
    /// Sends the last chunk on its way again as a probe (RFC 8985 §7.3). False when there is none, or its message may not be sent again.
    /// </summary>
    public bool TryProbe(Instant now, out Tsn probe)
    {
        for (probe = Next + -1; probe >= _first; probe += -1)
        {
            ref var chunk = ref this[probe];
            if (chunk.State == SentChunkState.InFlight)
            {
                if (messages[chunk.Message].IsLimited)
                {
                    return false;
                }

                MarkLost(probe, now);
                return true;
            }
        }

        return false;
    }

    private void TakeRoundTrip(TimeSpan sample, Instant now)
    {
        if (_leastRoundTripNow is null || now - _leastRoundTripSince > RoundTripMemory)
        {
            (_leastRoundTripBefore, _leastRoundTripNow, _leastRoundTripSince) = (_leastRoundTripNow, sample, now);
        }
        else if (sample < _leastRoundTripNow)
        {
            _leastRoundTripNow = sample;
        }
    }

    // RFC 8985 §6.2, step 4: "RACK_update_reo_wnd()".
    private TimeSpan ReorderingWindow(TimeSpan? smoothedRoundTrip)
    {
        if (LeastRoundTrip is not { } least)
        {
            return TimeSpan.Zero;
        }

        var window = least * _reorderingMultiplier / 4;
        return smoothedRoundTrip < window ? smoothedRoundTrip.Value : window;
    }

    // First sendings leave in the order of their TSNs.
    private bool DetectLossOfFirstSendings(Instant now, TimeSpan patience)
    {
        var found = false;
        if (_lossScan < _first)
        {
            _lossScan = _first;
        }

        // A SACK that had no room for all gaps does not tell what came behind its last block.
        var end = _gapCount >= ManyGaps ? _furthestAcknowledged : Next;
        for (; _lossScan < end; _lossScan++)
        {
            ref var chunk = ref this[_lossScan];
            if (chunk.State == SentChunkState.InFlight && chunk.Transmissions == 1)
            {
                if (!IsLost(chunk.Packet, chunk.SentAt + patience, now))
                {
                    break;
                }

                MarkLost(_lossScan, now);
                found = true;
            }
        }

        return found;
    }

    private bool DetectLossOfResent(Instant now, TimeSpan patience)
    {
        var found = false;
        while (_resent.Count > 0)
        {
            var resent = _resent.Peek();
            if (resent.Tsn >= _first && this[resent.Tsn] is { State: SentChunkState.InFlight } chunk && chunk.Packet == resent.Packet)
            {
                if (!IsLost(chunk.Packet, chunk.SentAt + patience, now))
                {
                    break;
                }

                MarkLost(resent.Tsn, now);
                found = true;
            }

            _resent.TryDequeue(out _);
        }

        return found;
    }

    // §6.2: "If RACK.reordering_seen is FALSE", three later packets acknowledged are enough; else only time tells.
    private bool IsLost(long packet, Instant patienceEnds, Instant now)
    {
        if (packet >= _largestAcknowledgedPacket)
        {
            return false;
        }

        if ((!_hasSeenReordering && packet + ReorderingThreshold <= _largestAcknowledgedPacket) || patienceEnds <= now)
        {
            return true;
        }

        LossDeadline = Instant.Earliest(LossDeadline, patienceEnds);
        return false;
    }

    // §6.2, steps 2 and 3.
    private void Rack(Tsn tsn, in SentChunk chunk, TimeSpan age, ref AcknowledgeOutcome outcome)
    {
        if (chunk.Packet > _largestAcknowledgedPacket)
        {
            _largestAcknowledgedPacket = chunk.Packet;
            _rackRoundTrip = age;
            outcome.LatestRoundTrip = chunk.Transmissions == 1 ? age : null;
        }

        if (tsn > _furthestAcknowledged)
        {
            _furthestAcknowledged = tsn;
        }
        else if (chunk.Transmissions == 1 && tsn < _furthestBeforeSack)
        {
            _hasSeenReordering = true;
        }
    }

    // §6.2: "for each new recognition of a DSACK … RACK.reo_wnd_mult += 1", once in a round trip.
    private void AdaptReorderingWindow(int duplicates, bool isNewRound)
    {
        if (duplicates > 0 && _hasResentInRound && _hasSeenReordering)
        {
            _reorderingMultiplier = Math.Min(_reorderingMultiplier + 1, MaxReorderingMultiplier);
            _roundsSinceSpurious = 0;
            _hasResentInRound = false;
        }

        if (isNewRound && ++_roundsSinceSpurious >= ReorderingPersistence)
        {
            _reorderingMultiplier = 1;
            _roundsSinceSpurious = 0;
            _hasResentInRound = false;
        }
    }
}
