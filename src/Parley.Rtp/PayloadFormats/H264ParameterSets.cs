namespace Parley.Rtp;

/// <summary>
/// The sequence and picture parameter sets that a stream has shown so far. Encoders may send them once only, or tell them in the
/// description (<c>sprop-parameter-sets</c>, RFC 6184 §8.1): whoever joins later can decode nothing. Each IDR picture that comes without
/// them gets them from here. Not safe for concurrent use.
/// </summary>
public sealed class H264ParameterSets
{
    private const int MaxSets = 16;
    private const int MaxSetLength = 1024;
    private const int StartCodeLength = 4;
    private const string Parameter = "sprop-parameter-sets";

    private readonly List<byte[]> _sets = [];

    /// <summary>Whether a sequence's set is known, without which nothing can be decoded.</summary>
    public bool HasSequence => Knows(H264UnitType.SequenceParameterSet);

    /// <summary>How many bytes the sets take with their start codes.</summary>
    public int Length
    {
        get
        {
            var length = 0;
            foreach (var set in _sets)
            {
                length += StartCodeLength + set.Length;
            }

            return length;
        }
    }

    /// <summary>Learns the sets that a description tells: base64, with commas between them. What is none is passed over.</summary>
    /// <param name="fmtp">The parameters of <c>a=fmtp</c>, as they stand.</param>
    public void AddFrom(string fmtp)
    {
        ArgumentNullException.ThrowIfNull(fmtp);
        foreach (var parameter in fmtp.Split(';', StringSplitOptions.TrimEntries))
        {
            if (!parameter.StartsWith(Parameter + '=', StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            foreach (var set in parameter[(Parameter.Length + 1)..].Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var bytes = new byte[set.Length];
                if (Convert.TryFromBase64String(set, bytes, out var length))
                {
                    Add(bytes.AsSpan(0, length));
                }
            }
        }
    }

    /// <summary>
    /// Learns the sets of a frame with start codes, and tells whether it is an IDR picture that lacks some which are known.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="at">Where they belong: at the beginning, behind an access unit delimiter.</param>
    public bool AreMissingIn(ReadOnlySpan<byte> frame, out int at)
    {
        at = 0;
        if (!AnnexB.BeginsWithStartCode(frame))
        {
            return false;
        }

        var (hasSequence, hasPicture) = (false, false);
        for (var start = AnnexB.FindUnit(frame, 0, out var end); start >= 0; start = AnnexB.FindUnit(frame, end, out end))
        {
            switch ((H264UnitType)(frame[start] & H264Unit.TypeMask))
            {
                case H264UnitType.AccessUnitDelimiter:
                    at = end;
                    break;
                case H264UnitType.SequenceParameterSet:
                    hasSequence = true;
                    Add(frame[start..end]);
                    break;
                case H264UnitType.PictureParameterSet:
                    hasPicture = true;
                    Add(frame[start..end]);
                    break;
                case H264UnitType.IdrSlice:
                    return (!hasSequence && Knows(H264UnitType.SequenceParameterSet))
                        || (!hasPicture && Knows(H264UnitType.PictureParameterSet));
                case >= H264UnitType.Slice and < H264UnitType.IdrSlice:
                    return false;
            }
        }

        return false;
    }

    /// <summary>Writes the sets, each behind a start code, those of sequences first.</summary>
    /// <param name="target">Room for <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> target)
    {
        Write(H264UnitType.SequenceParameterSet, ref target);
        Write(H264UnitType.PictureParameterSet, ref target);
    }

    private void Write(H264UnitType type, ref Span<byte> target)
    {
        foreach (var set in _sets)
        {
            if (H264Unit.TypeOf(set) == type)
            {
                (target[0], target[1], target[2], target[3]) = (0, 0, 0, 1);
                set.CopyTo(target[StartCodeLength..]);
                target = target[(StartCodeLength + set.Length)..];
            }
        }
    }

    private bool Knows(H264UnitType type)
    {
        foreach (var set in _sets)
        {
            if (H264Unit.TypeOf(set) == type)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(ReadOnlySpan<byte> set)
    {
        if (set.Length is < 2 or > MaxSetLength
            || H264Unit.TypeOf(set) is not (H264UnitType.SequenceParameterSet or H264UnitType.PictureParameterSet))
        {
            return;
        }

        for (var i = 0; i < _sets.Count; i++)
        {
            if (_sets[i].AsSpan().SequenceEqual(set))
            {
                return;
            }

            if (_sets[i][0] == set[0] && IdOf(_sets[i]) == IdOf(set))
            {
                _sets[i] = set.ToArray();
                return;
            }
        }

        if (_sets.Count < MaxSets)
        {
            _sets.Add(set.ToArray());
        }
    }

    /// <summary>
    /// ITU-T H.264 §7.3.2.1.1 and §7.3.2.2: the id stands first in a picture's set, in a sequence's behind profile, constraints and level.
    /// </summary>
    private static uint IdOf(ReadOnlySpan<byte> set)
    {
        var bits = new BitReader(set[(H264Unit.TypeOf(set) == H264UnitType.SequenceParameterSet ? Math.Min(4, set.Length) : 1)..]);
        var exponent = 0;
        while (exponent < 8 && !bits.IsExhausted && !bits.ReadFlag())
        {
            exponent++;
        }

        return (1u << exponent) - 1 + bits.Read(exponent);
    }
}
