using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>H.264 out of RTP in packetization modes 0 and 1 (RFC 6184 §5.6, §5.7.1, §5.8), into an Annex B byte stream.</summary>
internal sealed class H264Depacketizer : Depacketizer
{
    private const int CodedSliceOfIdrPicture = 5;
    private const int SequenceParameterSet = 7;
    private const int AccessUnitDelimiter = 9;
    private const int StapA = 24;
    private const int FuA = 28;

    private bool _fragmenting;

    public override bool MarksFrameStart => false;

    public override bool StartsFrame(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return false;
        }

        var type = payload[0] & 0x1F;
        if (type == StapA && payload.Length > 3)
        {
            type = payload[3] & 0x1F;
        }

        return type is SequenceParameterSet or AccessUnitDelimiter;
    }

    public override bool TryAdd(ReadOnlySpan<byte> payload, FrameBuffer frame, int limit)
    {
        if (payload.IsEmpty)
        {
            return false;
        }

        if (frame.Length == 0)
        {
            _fragmenting = false;
        }

        var type = payload[0] & 0x1F;
        if (_fragmenting && type != FuA)
        {
            return false;
        }

        return type switch
        {
            >= 1 and <= 23 => TryAddUnit(payload, frame, limit),
            StapA => TryAddAggregate(payload[1..], frame, limit),
            FuA => TryAddFragment(payload, frame, limit),
            _ => false,
        };
    }

    public override bool IsWhole(ReadOnlySpan<byte> frame) => !_fragmenting;

    public override bool IsKeyFrame(ReadOnlySpan<byte> frame, out int width, out int height)
    {
        width = height = 0;
        for (var start = AnnexB.FindUnit(frame, 0, out var end); start >= 0; start = AnnexB.FindUnit(frame, end, out end))
        {
            var type = frame[start] & 0x1F;
            if (type == CodedSliceOfIdrPicture)
            {
                // The parameter set may have come another way; then the size is not known.
                H264SequenceParameterSet.TryReadSize(frame, out width, out height);
                return true;
            }

            if (type is >= 1 and < CodedSliceOfIdrPicture)
            {
                return false;
            }
        }

        return false;
    }

    private static bool TryAddUnit(ReadOnlySpan<byte> unit, FrameBuffer frame, int limit) =>
        frame.TryAppend([0, 0, 0, 1], limit) && frame.TryAppend(unit, limit);

    private static bool TryAddAggregate(ReadOnlySpan<byte> units, FrameBuffer frame, int limit)
    {
        while (units.Length > 2)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(units);
            if (length == 0 || length > units.Length - 2 || !TryAddUnit(units.Slice(2, length), frame, limit))
            {
                return false;
            }

            units = units[(2 + length)..];
        }

        return units.IsEmpty;
    }

    private bool TryAddFragment(ReadOnlySpan<byte> payload, FrameBuffer frame, int limit)
    {
        // §5.8: S and E are never both set, a fragment is never empty, and the fragments of a unit follow one another.
        if (payload.Length < 3)
        {
            return false;
        }

        var starts = (payload[1] & 0x80) != 0;
        if (starts == _fragmenting)
        {
            return false;
        }

        _fragmenting = (payload[1] & 0x40) == 0;
        return (!starts || frame.TryAppend([0, 0, 0, 1, (byte)((payload[0] & 0xE0) | (payload[1] & 0x1F))], limit))
            && frame.TryAppend(payload[2..], limit);
    }
}
