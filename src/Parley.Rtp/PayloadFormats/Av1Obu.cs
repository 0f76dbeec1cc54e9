namespace Parley.Rtp;

/// <summary>The header of an open bitstream unit and where its parts are (AV1 bitstream specification §5.3).</summary>
/// <remarks><code>
///  0 1 2 3 4 5 6 7
/// +-+-+-+-+-+-+-+-+
/// |0| type  |X|S|-| X: one more byte with layers follows; S: obu_size follows
/// +-+-+-+-+-+-+-+-+
/// </code></remarks>
internal readonly record struct Av1Obu
{
    public const byte HasSizeBit = 0x02;

    /// <summary>obu_type.</summary>
    public Av1ObuType Type { get; private init; }

    /// <summary>Bytes of the header, without obu_size: 1 or 2.</summary>
    public int HeaderLength { get; private init; }

    /// <summary>Whether the unit says its own size.</summary>
    public bool HasSize { get; private init; }

    /// <summary>Bytes before the content.</summary>
    public int ContentStart { get; private init; }

    /// <summary>Bytes of the content; without obu_size all that is there.</summary>
    public int ContentLength { get; private init; }

    /// <summary>Bytes of the unit with all its parts.</summary>
    public int Length => ContentStart + ContentLength;

    /// <summary>
    /// Whether RTP carries it: "The temporal delimiter OBU […] SHOULD be removed", "Tile List OBUs […] MUST NOT" be there (AV1 RTP
    /// specification §5).
    /// </summary>
    public bool IsCarried => Type is not (Av1ObuType.TemporalDelimiter or Av1ObuType.TileList);

    /// <summary>Reads the unit that the bytes begin with; false when they are none, or end before it does.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Av1Obu obu)
    {
        obu = default;
        if (bytes.IsEmpty || (bytes[0] & 0x80) != 0)
        {
            return false;
        }

        var header = (bytes[0] & 0x04) != 0 ? 2 : 1;
        var hasSize = (bytes[0] & HasSizeBit) != 0;
        if (bytes.Length < header)
        {
            return false;
        }

        var (size, sizeLength) = ((uint)(bytes.Length - header), 0);
        if (hasSize && (!Leb128.TryRead(bytes[header..], out size, out sizeLength) || size > bytes.Length - header - sizeLength))
        {
            return false;
        }

        obu = new Av1Obu
        {
            Type = (Av1ObuType)(bytes[0] >> 3 & 0x0F),
            HeaderLength = header,
            HasSize = hasSize,
            ContentStart = header + sizeLength,
            ContentLength = (int)size,
        };
        return true;
    }
}
