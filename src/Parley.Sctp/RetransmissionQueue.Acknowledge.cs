using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What a SACK says (RFC 9260 §6.2.1). Its gap blocks are compared with those of the one before: the time is linear in the blocks and in
// what is newly acknowledged, however large the window.
internal sealed partial class RetransmissionQueue
{
    // What of a SACK's gaps is remembered beside its own: enough for any path, and little to go through for each.
    private const int MaxGapsKept = 4096;

    private Gap[] _gaps = [];
    private Gap[] _nextGaps = [];
    private int _gapCount;

    /// <summary>Whether a SACK is neither older than one before nor about what was never sent.</summary>
    public bool IsPlausible(Tsn cumulativeAck) => cumulativeAck >= CumulativeAck && cumulativeAck < Next;

    /// <summary>Takes a plausible SACK.</summary>
    public AcknowledgeOutcome Acknowledge(in SackChunk sack, TimeSpan? smoothedRoundTrip, Instant now)
    {
        var outcome = new AcknowledgeOutcome { CumulativeAdvanced = sack.CumulativeTsnAck > CumulativeAck };
        while (_first <= sack.CumulativeTsnAck)
        {
            AcknowledgeChunk(_first, ref outcome, now);
            messages.RemoveOutstanding(this[_first].Message);
            _first++;
            _renegeCredit = Math.Min(_renegeCredit + 1, ReceivedTsns.MaxAhead);
        }

        TakeGaps(sack.GapAckBlocks, ref outcome, now);
        _furthestBeforeSack = _furthestAcknowledged;
        if (outcome.RoundTrip is { } sample)
        {
            _roundTripMark = Next;
            TakeRoundTrip(sample, now);
        }

        AdaptReorderingWindow(sack.DuplicateTsns, outcome.RoundTrip is not null);
        outcome.HasLoss = DetectLoss(now, smoothedRoundTrip);
        AdvanceAckPoint();
        return outcome;
    }

    private void AcknowledgeChunk(Tsn tsn, ref AcknowledgeOutcome outcome, Instant now)
    {
        ref var chunk = ref this[tsn];
        if (chunk.State is SentChunkState.Acknowledged or SentChunkState.Abandoned)
        {
            return;
        }

        if (chunk.State == SentChunkState.InFlight)
        {
            CountInFlight(chunk, -1);
        }

        chunk.State = SentChunkState.Acknowledged;
        outcome.BytesAcknowledged += SizeOf(chunk.Length);
        var age = now - chunk.SentAt;
        delivery?.OnDelivered(chunk.Packet, SizeOf(chunk.Length), chunk.Transmissions == 1 ? age : null, now);
        if (chunk.Transmissions == 1)
        {
            // RFC 9260 §6.3.1-C4 and C5: one measurement each round trip, never of what was sent twice (Karn's algorithm).
            if (tsn >= _roundTripMark)
            {
                outcome.RoundTrip = age;
            }
        }
        else if (age < LeastRoundTrip)
        {
            // This may be the first sending's acknowledgement: it tells nothing of what was sent since.
            return;
        }

        Rack(tsn, chunk, age, ref outcome);
    }

    private void TakeGaps(ReadOnlySpan<byte> blocks, ref AcknowledgeOutcome outcome, Instant now)
    {
        if (blocks.IsEmpty && !outcome.CumulativeAdvanced)
        {
            return;
        }

        if (_nextGaps.Length < blocks.Length / 4)
        {
            _nextGaps = new Gap[blocks.Length / 4 + 16];
        }

        var count = 0;
        var old = 0;
        var cumulative = CumulativeAck;
        var after = _first;
        for (; !blocks.IsEmpty; blocks = blocks[4..])
        {
            var start = cumulative + BinaryPrimitives.ReadUInt16BigEndian(blocks);
            var end = cumulative + BinaryPrimitives.ReadUInt16BigEndian(blocks[2..]);
            if (start < after || end < start || end >= Next)
            {
                continue; // Out of order, or about what was never sent.
            }

            TakeBack(after, start, ref old, now);
            AcknowledgeRange(start, end, ref old, ref outcome, now);
            _nextGaps[count++] = new Gap(start, end);
            after = end + 1;
        }

        // Blocks beyond the last one may have had no room in the SACK: they stay.
        for (; old < _gapCount && count < MaxGapsKept; old++)
        {
            if (_gaps[old].End >= after)
            {
                if (count == _nextGaps.Length)
                {
                    Array.Resize(ref _nextGaps, 2 * count + 16);
                }

                _nextGaps[count++] = new Gap(_gaps[old].Start < after ? after : _gaps[old].Start, _gaps[old].End);
            }
        }

        (_gaps, _nextGaps, _gapCount) = (_nextGaps, _gaps, count);
    }

    // Acknowledges what of a block no earlier SACK did.
    private void AcknowledgeRange(Tsn start, Tsn end, ref int old, ref AcknowledgeOutcome outcome, Instant now)
    {
        while (start <= end)
        {
            while (old < _gapCount && _gaps[old].End < start)
            {
                old++;
            }

            var known = old < _gapCount && _gaps[old].Start <= end;
            var until = known ? _gaps[old].Start : end + 1;
            for (; start < until; start++)
            {
                AcknowledgeChunk(start, ref outcome, now);
            }

            if (known)
            {
                start = _gaps[old].End + 1;
            }
        }
    }

    // §6.2.1-iii: what an earlier SACK had in a block and this one has not, between its own blocks, the peer has thrown away.
    private void TakeBack(Tsn from, Tsn until, ref int old, Instant now)
    {
        while (old < _gapCount && _gaps[old].Start < until)
        {
            var gap = _gaps[old];
            for (var tsn = gap.Start < from ? from : gap.Start; tsn < until && tsn <= gap.End; tsn++)
            {
                ref var chunk = ref this[tsn];
                if (chunk.State == SentChunkState.Acknowledged)
                {
                    tally.TsnsReneged++;
                    if (--_renegeCredit < 0)
                    {
                        return;
                    }

                    chunk.State = SentChunkState.InFlight;
                    CountInFlight(chunk, 1);
                    MarkLost(tsn, now);
                }
            }

            if (gap.End >= until)
            {
                return;
            }

            old++;
        }
    }

    private readonly record struct Gap(Tsn Start, Tsn End);
}
