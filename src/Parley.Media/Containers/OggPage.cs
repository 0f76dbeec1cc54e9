using System.Buffers.Binary;

namespace Parley.Media;

/// <summary>The header of an Ogg page (RFC 3533 §6) and the CRC over a page.</summary>
/// <remarks><code>
///  0  "OggS"   4  version (0)   5  flags   6  granule position (8)
/// 14  serial number (4)   18  page number (4)   22  CRC (4)   26  segments (1)   27  segment table   (little-endian)
/// </code></remarks>
internal readonly record struct OggPage
{
    public const int HeaderSize = 27;
    public const int MaximumSize = HeaderSize + 255 + 255 * 255;
    public const byte Continued = 1;
    public const byte First = 2;
    public const byte Last = 4;

    // RFC 3533 §6: "a 32 bit CRC checksum of the page (including header with zero CRC field and page content)", generator 0x04c11db7, not
    // reflected.
    private static readonly uint[] CrcTable = MakeCrcTable();

    public byte Flags { get; init; }

    public long GranulePosition { get; init; }

    public uint SerialNumber { get; init; }

    public uint Number { get; init; }

    public uint Checksum { get; init; }

    public int SegmentCount { get; init; }

    public bool IsContinued => (Flags & Continued) != 0;

    public bool IsFirst => (Flags & First) != 0;

    public bool IsLast => (Flags & Last) != 0;

    /// <summary>Reads the fixed part; false when these bytes do not begin a page.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out OggPage page)
    {
        page = default;
        if (bytes.Length < HeaderSize || !bytes.StartsWith("OggS"u8) || bytes[4] != 0)
        {
            return false;
        }

        page = new OggPage
        {
            Flags = bytes[5],
            GranulePosition = BinaryPrimitives.ReadInt64LittleEndian(bytes[6..]),
            SerialNumber = BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]),
            Number = BinaryPrimitives.ReadUInt32LittleEndian(bytes[18..]),
            Checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[22..]),
            SegmentCount = bytes[26],
        };
        return true;
    }

    /// <summary>Writes the fixed part, without the checksum.</summary>
    public void Write(Span<byte> bytes)
    {
        "OggS"u8.CopyTo(bytes);
        bytes[4] = 0;
        bytes[5] = Flags;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[6..], GranulePosition);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[14..], SerialNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[18..], Number);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[22..], 0);
        bytes[26] = (byte)SegmentCount;
    }

    /// <summary>The checksum of a whole page, its checksum field taken as zero.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> page)
    {
        var crc = Continue(0, page[..22]);
        crc = Continue(crc, [0, 0, 0, 0]);
        return Continue(crc, page[26..]);
    }

    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        var table = CrcTable;
        foreach (var value in bytes)
        {
            crc = (crc << 8) ^ table[(crc >> 24) ^ value];
        }

        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i << 24;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 0x8000_0000) != 0 ? (value << 1) ^ 0x04C1_1DB7 : value << 1;
            }

            table[i] = value;
        }

        return table;
    }
}
