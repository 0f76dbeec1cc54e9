using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>
/// The header of a handshake fragment (RFC 6347 §4.2.2): type (8 bits), length (24), message_seq (16), fragment_offset (24),
/// fragment_length (24).
/// </summary>
internal readonly record struct HandshakeHeader(
    HandshakeType Type, int Length, ushort MessageSequence, int FragmentOffset, int FragmentLength)
{
    public const int Size = 12;

    public bool IsWhole => FragmentOffset == 0 && FragmentLength == Length;

    public bool IsLastFragment => FragmentOffset + FragmentLength == Length;

    /// <summary>Reads the header at the beginning of <paramref name="source"/>, which holds the fragment whole.</summary>
    public static bool TryParse(ReadOnlySpan<byte> source, out HandshakeHeader header, out HandshakeParseError error)
    {
        header = default;
        var reader = new BigEndianReader(source);
        if (!reader.TryReadByte(out var type) || !reader.TryReadUInt24(out var length) || !reader.TryReadUInt16(out var sequence)
            || !reader.TryReadUInt24(out var offset) || !reader.TryReadUInt24(out var fragment) || fragment > reader.Remaining)
        {
            error = HandshakeParseError.Truncated;
            return false;
        }

        if (offset + fragment > length)
        {
            error = HandshakeParseError.FragmentBeyondEnd;
            return false;
        }

        header = new HandshakeHeader((HandshakeType)type, length, sequence, offset, fragment);
        error = HandshakeParseError.None;
        return true;
    }

    public void Write(Span<byte> destination)
    {
        var writer = new BigEndianWriter(destination);
        writer.WriteByte((byte)Type);
        writer.WriteUInt24(Length);
        writer.WriteUInt16(MessageSequence);
        writer.WriteUInt24(FragmentOffset);
        writer.WriteUInt24(FragmentLength);
    }
}
