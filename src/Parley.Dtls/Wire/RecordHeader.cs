using System.Buffers.Binary;

namespace Parley.Dtls.Wire;

/// <summary>
/// The header of a DTLS 1.2 record (RFC 6347 §4.1):
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---------------+-------------------------------+---------------+
/// | content type  |            version            |  epoch (high) |
/// +---------------+-------------------------------+---------------+
/// |  epoch (low)  |        sequence number (48 bits)              |
/// +---------------+                               +---------------+
/// |                                               | length (high) |
/// +---------------+-------------------------------+---------------+
/// | length (low)  |
/// +---------------+
/// </code>
/// </summary>
internal readonly record struct RecordHeader(ContentType Type, DtlsProtocolVersion Version, ushort Epoch, ulong SequenceNumber, int Length)
{
    public const int Size = 13;

    /// <summary>The largest content of a record (RFC 5246 §6.2.1).</summary>
    public const int MaxContent = 1 << 14;

    public const ulong MaxSequenceNumber = (1UL << 48) - 1;

    /// <summary>Reads the header of the record at the beginning of <paramref name="source"/>, which holds the record whole.</summary>
    public static bool TryParse(ReadOnlySpan<byte> source, out RecordHeader header, out RecordParseError error)
    {
        header = default;
        error = RecordParseError.None;
        if (source.Length < Size)
        {
            error = RecordParseError.Truncated;
            return false;
        }

        // A first byte of 001xxxxx is the unified header of DTLS 1.3 (RFC 9147 §4), which has a parser of its own to come.
        if (source[0] is < (byte)ContentType.ChangeCipherSpec or > (byte)ContentType.ApplicationData)
        {
            error = RecordParseError.UnknownContentType;
            return false;
        }

        var version = BinaryPrimitives.ReadUInt16BigEndian(source[1..]);
        if (version >> 8 != 0xFE)
        {
            error = RecordParseError.UnknownVersion;
            return false;
        }

        var epochAndSequence = BinaryPrimitives.ReadUInt64BigEndian(source[3..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(source[11..]);
        if (length > source.Length - Size)
        {
            error = RecordParseError.Truncated;
            return false;
        }

        header = new RecordHeader(
            (ContentType)source[0], (DtlsProtocolVersion)version,
            (ushort)(epochAndSequence >> 48), epochAndSequence & MaxSequenceNumber, length);
        return true;
    }

    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)Version);
        BinaryPrimitives.WriteUInt64BigEndian(destination[3..], ((ulong)Epoch << 48) | SequenceNumber);
        BinaryPrimitives.WriteUInt16BigEndian(destination[11..], (ushort)Length);
    }
}
