using System.Buffers.Binary;
using System.Numerics;

namespace Parley.Sctp;

/// <summary>Which TSNs have come (RFC 9260 §6.2): all up to the cumulative one, and beyond it a ring of bits.</summary>
internal sealed class ReceivedTsns(Tsn lastBeforeFirst)
{
    /// <summary>A gap ack block tells its place in 16 bits (RFC 9260 §3.3.4); what lies further ahead could not be acknowledged.</summary>
    public const int MaxAhead = ushort.MaxValue;

    private const int MaxDuplicates = 16;
    private readonly uint[] _duplicates = new uint[MaxDuplicates];
    private ulong[] _bits = [];

    public Tsn Cumulative { get; private set; } = lastBeforeFirst;

    public Tsn Highest { get; private set; } = lastBeforeFirst;

    public bool HasGaps => Highest != Cumulative;

    public int DuplicateCount { get; private set; }

    /// <summary>Whether the TSN is neither here already nor too far ahead. Duplicates are kept for the next SACK.</summary>
    public bool IsNew(Tsn tsn, out bool isDuplicate)
    {
        var ahead = tsn - Cumulative;
        isDuplicate = ahead <= 0 || (tsn <= Highest && IsSet(tsn));
        if (isDuplicate && DuplicateCount < MaxDuplicates)
        {
            _duplicates[DuplicateCount++] = tsn.Value;
        }

        return !isDuplicate && ahead <= MaxAhead;
    }

    /// <summary>Counts a TSN that <see cref="IsNew"/>.</summary>
    public void Add(Tsn tsn)
    {
        if (!HasGaps && tsn - Cumulative == 1)
        {
            Cumulative = Highest = tsn;
            return;
        }

        EnsureCapacity(tsn - Cumulative + 1);
        Set(tsn);
        if (tsn > Highest)
        {
            Highest = tsn;
        }

        AdvanceCumulative();
    }

    /// <summary>RFC 3758 §3.6: everything up to there counts as come.</summary>
    public void ForwardTo(Tsn cumulative)
    {
        if (cumulative <= Cumulative)
        {
            return;
        }

        if (cumulative >= Highest)
        {
            Array.Clear(_bits);
            Cumulative = Highest = cumulative;
            return;
        }

        ClearUpTo(cumulative);
        AdvanceCumulative();
    }

    /// <summary>Writes gap ack blocks, as many as fit, and returns their number.</summary>
    public int WriteGaps(Span<byte> destination)
    {
        var count = 0;
        var end = Cumulative;
        while (destination.Length >= 4 && TryFindRun(end + 1, out var start, out end))
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(start - Cumulative));
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(end - Cumulative));
            destination = destination[4..];
            count++;
        }

        return count;
    }

    /// <summary>Writes the duplicates, as many as fit, forgets all, and returns the number written.</summary>
    public int TakeDuplicates(Span<byte> destination)
    {
        var count = Math.Min(DuplicateCount, destination.Length / 4);
        for (var index = 0; index < count; index++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(4 * index)..], _duplicates[index]);
        }

        DuplicateCount = 0;
        return count;
    }

    public void Trim()
    {
        if (!HasGaps)
        {
            _bits = [];
        }
    }

    private bool TryFindRun(Tsn from, out Tsn start, out Tsn end)
    {
        start = Find(from, set: true);
        if (start > Highest)
        {
            end = start;
            return false;
        }

        end = Find(start, set: false) + -1;
        return true;
    }

    // The first TSN from here on whose bit is set, or clear; one past the highest when there is none. Bits beyond the highest are clear.
    private Tsn Find(Tsn from, bool set)
    {
        var mask = (uint)(_bits.Length - 1);
        while (from <= Highest)
        {
            var word = _bits[(from.Value >> 6) & mask];
            word = (set ? word : ~word) >> (int)(from.Value & 63);
            if (word != 0)
            {
                from += BitOperations.TrailingZeroCount(word);
                return from > Highest ? Highest + 1 : from;
            }

            from += 64 - (int)(from.Value & 63);
        }

        return Highest + 1;
    }

    // A word at a time: the peer chooses how far it skips, and pays nothing for it.
    private void ClearUpTo(Tsn last)
    {
        var mask = (uint)(_bits.Length - 1);
        while (Cumulative < last)
        {
            var first = Cumulative + 1;
            var from = (int)(first.Value & 63);
            var count = Math.Min(64 - from, last - Cumulative);
            _bits[(first.Value >> 6) & mask] &= ~((ulong.MaxValue >> (64 - count)) << from);
            Cumulative += count;
        }
    }

    private void AdvanceCumulative()
    {
        while (HasGaps && IsSet(Cumulative + 1))
        {
            Cumulative++;
            Clear(Cumulative);
        }
    }

    private bool IsSet(Tsn tsn) => (_bits[(tsn.Value >> 6) & (uint)(_bits.Length - 1)] >> (int)(tsn.Value & 63) & 1) != 0;

    private void Set(Tsn tsn) => _bits[(tsn.Value >> 6) & (uint)(_bits.Length - 1)] |= 1UL << (int)(tsn.Value & 63);

    private void Clear(Tsn tsn) => _bits[(tsn.Value >> 6) & (uint)(_bits.Length - 1)] &= ~(1UL << (int)(tsn.Value & 63));

    private void EnsureCapacity(int count)
    {
        var words = (int)BitOperations.RoundUpToPowerOf2((uint)(count + 127) / 64);
        if (words <= _bits.Length)
        {
            return;
        }

        var old = _bits;
        _bits = new ulong[Math.Max(words, 8)];
        for (var tsn = Cumulative + 1; tsn <= Highest && old.Length > 0; tsn++)
        {
            if ((old[(tsn.Value >> 6) & (uint)(old.Length - 1)] >> (int)(tsn.Value & 63) & 1) != 0)
            {
                Set(tsn);
            }
        }
    }
}
