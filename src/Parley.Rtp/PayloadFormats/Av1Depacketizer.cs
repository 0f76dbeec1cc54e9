namespace Parley.Rtp;

/// <summary>
/// AV1 out of RTP (AV1 RTP specification §4): a temporal unit in the low-overhead format, each OBU with its size, without the temporal
/// delimiter.
/// </summary>
internal sealed class Av1Depacketizer : Depacketizer
{
    private const int None = -1;

    // Where in the frame the OBU begins whose rest is still to come.
    private int _fragment = None;

    // A packet whose Z is 0 may begin a temporal unit or go on with one; only N tells for sure.
    public override bool MarksFrameStart => false;

    public override bool StartsFrame(ReadOnlySpan<byte> payload) =>
        Av1AggregationHeader.TryParse(payload, out var header) && header.StartsSequence;

    public override bool TryAdd(ReadOnlySpan<byte> payload, FrameBuffer frame, int limit)
    {
        if (frame.Length == 0)
        {
            _fragment = None;
        }

        if (!Av1AggregationHeader.TryParse(payload, out var header) || header.ContinuesElement != (_fragment != None))
        {
            return false;
        }

        var rest = payload[Av1AggregationHeader.Length..];
        for (var index = 0; !rest.IsEmpty; index++)
        {
            if (!TryTakeElement(ref rest, header.ElementCount, index, out var element, out var isLast)
                || !TryAddElement(element, isLast && header.IsContinued, frame, limit))
            {
                return false;
            }
        }

        return true;
    }

    public override bool IsWhole(ReadOnlySpan<byte> frame) => _fragment == None && !frame.IsEmpty;

    public override bool IsKeyFrame(ReadOnlySpan<byte> frame, out int width, out int height) =>
        Av1TemporalUnit.IsKeyFrame(frame, out width, out height);

    /// <summary>§4.4: with W the number of elements is told, and the last has no size; without, each has one.</summary>
    private static bool TryTakeElement(ref ReadOnlySpan<byte> rest, int count, int index, out ReadOnlySpan<byte> element, out bool isLast)
    {
        if (count != 0 && index == count - 1)
        {
            element = rest;
            rest = default;
            isLast = true;
            return true;
        }

        element = default;
        isLast = false;
        if (!Leb128.TryRead(rest, out var size, out var sizeLength) || size > rest.Length - sizeLength)
        {
            return false;
        }

        element = rest.Slice(sizeLength, (int)size);
        rest = rest[(sizeLength + (int)size)..];
        isLast = rest.IsEmpty;

        // The elements end with the payload: with W, not before the last of them.
        return !isLast || count == 0;
    }

    private bool TryAddElement(ReadOnlySpan<byte> element, bool isContinued, FrameBuffer frame, int limit)
    {
        if (element.IsEmpty)
        {
            // Nothing in it, so nothing to add; as a fragment it is of no use to anybody.
            return !isContinued && _fragment == None;
        }

        if (_fragment == None)
        {
            _fragment = frame.Length;
        }

        return frame.TryAppend(element, limit) && (isContinued || TryFinishObu(frame, limit));
    }

    /// <summary>
    /// Gives an OBU that is whole its size (§4.5: "the obu_has_size_field SHOULD be set to zero" on the wire), or takes out what is to be
    /// ignored.
    /// </summary>
    private bool TryFinishObu(FrameBuffer frame, int limit)
    {
        var bytes = frame.Span[_fragment..];
        if (!Av1Obu.TryParse(bytes, out var obu) || obu.Length != bytes.Length)
        {
            return false;
        }

        var start = _fragment;
        _fragment = None;
        if (!obu.IsCarried)
        {
            frame.Truncate(start);
            return true;
        }

        if (obu.HasSize)
        {
            return true;
        }

        var content = (uint)obu.ContentLength;
        if (!frame.TryInsert(start + obu.HeaderLength, Leb128.LengthOf(content), limit, out var size))
        {
            return false;
        }

        Leb128.Write(size, content);
        frame[start] |= Av1Obu.HasSizeBit;
        return true;
    }
}
