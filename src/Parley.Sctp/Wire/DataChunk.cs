using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Parley.Sctp.Wire;

/// <summary>
/// DATA, RFC 9260 §3.3.1, and I-DATA, RFC 8260 §2.1:
/// <code>
/// |   Type = 0    |  Res  |I|U|B|E|            Length             |
/// |                              TSN                              |
/// |      Stream Identifier S      |   Stream Sequence Number n    |
/// |                  Payload Protocol Identifier                  |
/// |                 User Data (seq n of Stream S)                 |
///
/// |   Type = 64   |  Res  |I|U|B|E|            Length             |
/// |                              TSN                              |
/// |        Stream Identifier      |           Reserved            |
/// |                   Message Identifier (MID)                    |
/// |    Payload Protocol Identifier / Fragment Sequence Number     |
/// |                 User Data (seq n of Stream S)                 |
/// </code>
/// </summary>
internal readonly ref struct DataChunk
{
    public const int HeaderLength = 16;
    public const int InterleavedHeaderLength = 20;
    public const byte End = 0x01;
    public const byte Beginning = 0x02;
    public const byte Unordered = 0x04;
    public const byte Immediate = 0x08;

    public Tsn Tsn { get; private init; }

    public ushort Stream { get; private init; }

    public ushort Ssn { get; private init; }

    /// <summary>I-DATA: the message's number in its stream, ordered and unordered ones apart.</summary>
    public uint Mid { get; private init; }

    /// <summary>I-DATA: the fragment's number in its message.</summary>
    public uint Fsn { get; private init; }

    public uint Ppid { get; private init; }

    public byte Flags { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    public bool IsBeginning => (Flags & Beginning) != 0;

    public bool IsEnd => (Flags & End) != 0;

    public bool IsUnordered => (Flags & Unordered) != 0;

    public static bool TryParse(byte flags, ReadOnlySpan<byte> value, out DataChunk chunk, out SctpParseError error)
    {
        if (value.Length < HeaderLength - ChunkReader.HeaderLength)
        {
            chunk = default;
            error = SctpParseError.TooShort;
            return false;
        }

        chunk = new DataChunk
        {
            Flags = flags,
            Tsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value)),
            Stream = BinaryPrimitives.ReadUInt16BigEndian(value[4..]),
            Ssn = BinaryPrimitives.ReadUInt16BigEndian(value[6..]),
            Ppid = BinaryPrimitives.ReadUInt32BigEndian(value[8..]),
            Payload = value[12..],
        };
        error = SctpParseError.None;
        return true;
    }

    public static bool TryParseInterleaved(byte flags, ReadOnlySpan<byte> value, out DataChunk chunk, out SctpParseError error)
    {
        if (value.Length < InterleavedHeaderLength - ChunkReader.HeaderLength)
        {
            chunk = default;
            error = SctpParseError.TooShort;
            return false;
        }

        // "the PPID is only in the first fragment"; the FSN of that one is 0.
        var last = BinaryPrimitives.ReadUInt32BigEndian(value[12..]);
        var isFirst = (flags & Beginning) != 0;
        var mid = BinaryPrimitives.ReadUInt32BigEndian(value[8..]);
        chunk = new DataChunk
        {
            Flags = flags,
            Tsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value)),
            Stream = BinaryPrimitives.ReadUInt16BigEndian(value[4..]),
            Ssn = (ushort)mid,
            Mid = mid,
            Fsn = isFirst ? 0 : last,
            Ppid = isFirst ? last : 0,
            Payload = value[16..],
        };
        error = SctpParseError.None;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<byte> WriteInterleaved(
        ref ChunkWriter writer, byte flags, Tsn tsn, ushort stream, uint mid, uint ppidOrFsn, int length)
    {
        var value = writer.Begin(ChunkType.InterleavedData, flags, 16 + length);
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn.Value);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], (uint)stream << 16);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], mid);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], ppidOrFsn);
        return value[16..];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<byte> Write(ref ChunkWriter writer, byte flags, Tsn tsn, ushort stream, ushort ssn, uint ppid, int length)
    {
        var value = writer.Begin(ChunkType.Data, flags, 12 + length);
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn.Value);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], stream);
        BinaryPrimitives.WriteUInt16BigEndian(value[6..], ssn);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], ppid);
        return value[12..];
    }
}
