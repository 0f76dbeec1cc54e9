using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>
/// H.264 as files and some encoders have it: NAL units behind their lengths of four bytes instead of start codes, and parameter sets in a
/// configuration record (ISO/IEC 14496-15 §5.3.3, "avcC"). Both are turned into Annex B, the form that everything else here takes. Not safe
/// for concurrent use.
/// </summary>
public sealed class H264LengthPrefixed
{
    private const int LengthSize = 4;
    private const int MinRecord = 7;

    private byte[] _bytes = [];
    private bool _isKnown;

    /// <summary>Turns a frame into Annex B if it is length-prefixed, or a configuration record.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="converted">The frame with start codes, valid until the next call.</param>
    /// <returns>Whether it was; a frame with start codes, or a single unit, is not.</returns>
    public bool TryConvert(ReadOnlySpan<byte> frame, out ReadOnlyMemory<byte> converted)
    {
        converted = default;
        var isPrefixed = IsPrefixed(frame);
        if (!isPrefixed && !IsRecord(frame))
        {
            return false;
        }

        _isKnown |= isPrefixed;

        // A start code is as long as a prefix, and twice as long as one of a record.
        if (_bytes.Length < 2 * frame.Length)
        {
            _bytes = new byte[2 * frame.Length];
        }

        converted = _bytes.AsMemory(0, isPrefixed ? CopyUnits(frame, LengthSize) : CopySets(frame));
        return true;
    }

    /// <summary>
    /// Whether the lengths lead exactly to the end, past valid units. A first unit of one byte, or of 256 to 511, looks like a start code:
    /// such a frame is taken for length-prefixed only after one that could be nothing else.
    /// </summary>
    private bool IsPrefixed(ReadOnlySpan<byte> frame)
    {
        var looksLikeStartCode = frame.Length > LengthSize
            && frame[0] == 0
            && frame[1] == 0
            && (frame[2] == 1 || (frame[2] == 0 && frame[3] == 1));
        if (frame.Length <= LengthSize || (looksLikeStartCode && !_isKnown))
        {
            return false;
        }

        while (frame.Length > LengthSize)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(frame);
            if (length == 0 || length > frame.Length - LengthSize || !H264Unit.IsValid(frame[LengthSize]))
            {
                return false;
            }

            frame = frame[(LengthSize + (int)length)..];
        }

        return frame.IsEmpty;
    }

    /// <summary>
    /// ISO/IEC 14496-15 §5.3.3.1.2: version 1, profile, compatibility, level, the size of lengths, then the sets, each behind its length of
    /// two bytes.
    /// </summary>
    private static bool IsRecord(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < MinRecord || frame[0] != 1 || (frame[4] & 0xFC) != 0xFC || (frame[5] & 0xE0) != 0xE0)
        {
            return false;
        }

        var at = 5;
        return TrySets(frame, ref at, frame[at] & 0x1F, H264UnitType.SequenceParameterSet)
            && at < frame.Length && TrySets(frame, ref at, frame[at], H264UnitType.PictureParameterSet);
    }

    private static bool TrySets(ReadOnlySpan<byte> record, ref int at, int count, H264UnitType type)
    {
        at++;
        for (; count > 0; count--)
        {
            if (record.Length - at < 3
                || BinaryPrimitives.ReadUInt16BigEndian(record[at..]) is var length && (length == 0 || length > record.Length - at - 2)
                || H264Unit.TypeOf(record[(at + 2)..]) != type)
            {
                return false;
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(record[at..]);
        }

        return true;
    }

    private int CopyUnits(ReadOnlySpan<byte> frame, int lengthSize)
    {
        var target = 0;
        while (!frame.IsEmpty)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(frame);
            Copy(frame.Slice(lengthSize, length), ref target);
            frame = frame[(lengthSize + length)..];
        }

        return target;
    }

    private int CopySets(ReadOnlySpan<byte> record)
    {
        var (at, target) = (5, 0);
        for (var (kind, count) = (0, record[at] & 0x1F); kind < 2; kind++, count = kind < 2 ? record[at] : 0)
        {
            at++;
            for (; count > 0; count--)
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(record[at..]);
                Copy(record.Slice(at + 2, length), ref target);
                at += 2 + length;
            }
        }

        return target;
    }

    private void Copy(ReadOnlySpan<byte> unit, ref int target)
    {
        (_bytes[target], _bytes[target + 1], _bytes[target + 2], _bytes[target + 3]) = (0, 0, 0, 1);
        unit.CopyTo(_bytes.AsSpan(target + LengthSize));
        target += LengthSize + unit.Length;
    }
}
