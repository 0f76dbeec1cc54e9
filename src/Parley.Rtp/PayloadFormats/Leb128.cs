namespace Parley.Rtp;

/// <summary>Numbers in groups of seven bits, the least significant first (AV1 bitstream specification §4.10.5).</summary>
internal static class Leb128
{
    private const int MaxLength = 8;

    /// <summary>Reads a number; false when the bytes end before it does, or it is past 32 bits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out uint value, out int length)
    {
        ulong read = 0;
        for (length = 0; length < MaxLength && length < bytes.Length;)
        {
            var next = bytes[length];
            read |= (ulong)(next & 0x7F) << (7 * length);
            length++;
            if ((next & 0x80) == 0)
            {
                // "It is a requirement of bitstream conformance that the value […] is less than or equal to (1 << 32) - 1."
                value = (uint)read;
                return read <= uint.MaxValue;
            }
        }

        value = 0;
        return false;
    }

    /// <summary>Bytes that a number takes.</summary>
    public static int LengthOf(uint value) => value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;

    /// <summary>Writes a number and answers how many bytes it took.</summary>
    public static int Write(Span<byte> bytes, uint value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
        return length;
    }
}
