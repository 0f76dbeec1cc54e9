namespace Parley.Stun;

/// <summary>The CRC-32 of ITU-T V.42 (reflected polynomial 0xEDB88320) that FINGERPRINT is made of.</summary>
internal static class Crc32
{
    private const int Slices = 8;
    private static readonly uint[] Table = CreateTable();

    /// <summary>The checksum of some bytes, eight at a time.</summary>
    public static uint Compute(ReadOnlySpan<byte> source)
    {
        var table = Table;
        var crc = uint.MaxValue;
        while (source.Length >= Slices)
        {
            crc = table[(7 << 8) | (byte)(crc ^ source[0])]
                ^ table[(6 << 8) | (byte)((crc >> 8) ^ source[1])]
                ^ table[(5 << 8) | (byte)((crc >> 16) ^ source[2])]
                ^ table[(4 << 8) | (byte)((crc >> 24) ^ source[3])]
                ^ table[(3 << 8) | source[4]]
                ^ table[(2 << 8) | source[5]]
                ^ table[(1 << 8) | source[6]]
                ^ table[source[7]];
            source = source[Slices..];
        }

        foreach (var value in source)
        {
            crc = (crc >> 8) ^ table[(byte)(crc ^ value)];
        }

        return ~crc;
    }

    // Row n holds the effect of a byte that lies n bytes before the end of a slice.
    private static uint[] CreateTable()
    {
        var table = new uint[Slices << 8];
        for (var index = 0u; index < 256; index++)
        {
            var crc = index;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }

            table[index] = crc;
        }

        for (var row = 1; row < Slices; row++)
        {
            for (var index = 0; index < 256; index++)
            {
                var before = table[((row - 1) << 8) | index];
                table[(row << 8) | index] = (before >> 8) ^ table[(byte)before];
            }
        }

        return table;
    }
}
