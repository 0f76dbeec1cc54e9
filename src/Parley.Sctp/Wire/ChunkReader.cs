using System.Buffers.Binary;

namespace Parley.Sctp.Wire;

/// <summary>
/// Walks the chunks of a packet, RFC 9260 §3.2:
/// <code>
/// |  Chunk Type   |  Chunk Flags  |         Chunk Length          |
/// |                          Chunk Value                          |
/// </code>
/// </summary>
internal ref struct ChunkReader(ReadOnlySpan<byte> chunks)
{
    public const int HeaderLength = 4;

    private ReadOnlySpan<byte> _rest = chunks;

    public ChunkType Type { get; private set; }

    public byte Flags { get; private set; }

    /// <summary>What follows the header, padding excluded.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The whole chunk, padding excluded.</summary>
    public ReadOnlySpan<byte> Chunk { get; private set; }

    /// <summary>Whether the walk ended at something that is no chunk.</summary>
    public SctpParseError Error { get; private set; }

    public bool TryNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < HeaderLength)
        {
            Error = SctpParseError.TooShort;
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length < HeaderLength || length > _rest.Length)
        {
            Error = SctpParseError.BadLength;
            return false;
        }

        Type = (ChunkType)_rest[0];
        Flags = _rest[1];
        Chunk = _rest[..length];
        Value = Chunk[HeaderLength..];

        // §3.2: "The Chunk Length field does not count any chunk padding"; a last chunk may come without it.
        _rest = _rest[Math.Min(_rest.Length, Padding.RoundUp(length))..];
        return true;
    }
}
