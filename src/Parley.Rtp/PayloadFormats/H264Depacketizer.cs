using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>H.264 out of RTP in packetization modes 0 and 1 (RFC 6184 §5.6, §5.7.1, §5.8), into an Annex B byte stream.</summary>
internal sealed class H264Depacketizer : Depacketizer
{
    private const int LengthSize = 2;

    private readonly H264ParameterSets _sets = new();
    private bool _fragmenting;

    public override bool MarksFrameStart => false;

    public override bool LacksParameters => !_sets.HasSequence;

    public override void OnCodec(RtpCodec codec) => _sets.AddFrom(codec.Fmtp);

    public override bool StartsFrame(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return false;
        }

        var type = H264Unit.TypeOf(payload);
        return type switch
        {
            H264UnitType.StapA => payload.Length > 1 + LengthSize
                && H264Unit.CanStartPicture(H264Unit.TypeOf(payload[(1 + LengthSize)..]), payload[(2 + LengthSize)..]),
            H264UnitType.FuA =>
                payload.Length > 2 && (payload[1] & 0x80) != 0 && H264Unit.CanStartPicture(H264Unit.TypeOf(payload[1..]), payload[2..]),
            _ => H264Unit.CanStartPicture(type, payload[1..]),
        };
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

        var type = H264Unit.TypeOf(payload);
        if (type is H264UnitType.Unspecified or H264UnitType.Reserved30 or H264UnitType.Reserved31)
        {
            // RFC 6184 table 1: what has no meaning yet. It is passed over as if it were not there.
            return true;
        }

        if (_fragmenting && type != H264UnitType.FuA)
        {
            return false;
        }

        return type switch
        {
            <= H264UnitType.LastSingle => TryAddUnit(payload, frame, limit),
            H264UnitType.StapA => TryAddAggregate(payload[1..], frame, limit),
            H264UnitType.FuA => TryAddFragment(payload, frame, limit),
            _ => false,
        };
    }

    public override void Finish(FrameBuffer frame, int limit)
    {
        if (_sets.AreMissingIn(frame.Span, out var at) && frame.TryInsert(at, _sets.Length, limit, out var room))
        {
            _sets.Write(room);
        }
    }

    public override bool IsWhole(ReadOnlySpan<byte> frame) => !_fragmenting;

    public override bool IsKeyFrame(ReadOnlySpan<byte> frame, out int width, out int height)
    {
        width = height = 0;
        for (var start = AnnexB.FindUnit(frame, 0, out var end); start >= 0; start = AnnexB.FindUnit(frame, end, out end))
        {
            var type = (H264UnitType)(frame[start] & H264Unit.TypeMask);
            if (type == H264UnitType.IdrSlice)
            {
                // The parameter set may have come another way; then the size is not known.
                H264SequenceParameterSet.TryReadSize(frame, out width, out height);
                return true;
            }

            if (type is >= H264UnitType.Slice and < H264UnitType.IdrSlice)
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
        while (units.Length > LengthSize)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(units);
            if (length == 0 || length > units.Length - LengthSize)
            {
                return false;
            }

            var unit = units.Slice(LengthSize, length);
            if (H264Unit.TypeOf(unit) is > H264UnitType.Unspecified and <= H264UnitType.LastSingle && !TryAddUnit(unit, frame, limit))
            {
                return false;
            }

            units = units[(LengthSize + length)..];
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
