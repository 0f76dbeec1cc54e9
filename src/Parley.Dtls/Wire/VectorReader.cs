using Parley.Net;

namespace Parley.Dtls.Wire;

/// <summary>Reads TLS's variable-length vectors (RFC 5246 §4.3).</summary>
internal static class VectorReader
{
    /// <summary>A vector whose length stands in one byte.</summary>
    public static bool TryReadVector8(this scoped ref BigEndianReader reader, out ReadOnlySpan<byte> value)
    {
        value = default;
        return reader.TryReadByte(out var length) && reader.TryReadBytes(length, out value);
    }

    /// <summary>A vector whose length stands in two bytes.</summary>
    public static bool TryReadVector16(this scoped ref BigEndianReader reader, out ReadOnlySpan<byte> value)
    {
        value = default;
        return reader.TryReadUInt16(out var length) && reader.TryReadBytes(length, out value);
    }

    /// <summary>A vector whose length stands in three bytes.</summary>
    public static bool TryReadVector24(this scoped ref BigEndianReader reader, out ReadOnlySpan<byte> value)
    {
        value = default;
        return reader.TryReadUInt24(out var length) && reader.TryReadBytes(length, out value);
    }

    /// <summary>Whether a vector of 16-bit numbers holds this one.</summary>
    public static bool HoldsUInt16(ReadOnlySpan<byte> vector, ushort value)
    {
        for (; vector.Length >= 2; vector = vector[2..])
        {
            if (((vector[0] << 8) | vector[1]) == value)
            {
                return true;
            }
        }

        return false;
    }
}
