using System.Buffers.Binary;
using Parley.Media;

namespace Parley.Fuzz.Targets;

/// <summary>Ogg files; checksums are made right, so that what is changed inside a page is reached.</summary>
internal sealed class OggTarget : FuzzTarget
{
    private const int ChecksumOffset = 22;
    private const int HeaderLength = 27;

    public override string Name => "ogg";

    public override IEnumerable<byte[]> Seeds()
    {
        using var stream = new MemoryStream();
        using (var writer = new OggWriter(stream, new OpusHead(), leaveOpen: true))
        {
            writer.Write([0xFC, 1, 2, 3]);
            writer.Write([0xFC, 4, 5, 6]);
        }

        yield return stream.ToArray();
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        MakeChecksumsRight(bytes);
        try
        {
            using var reader = new OggReader(new MemoryStream(bytes));
            while (reader.TryRead(out _))
            {
            }
        }
        catch (InvalidDataException)
        {
            // What is no such file is refused by name.
        }
    }

    // RFC 3533 §6: pages follow each other; each says in its segment table how long it is.
    private static void MakeChecksumsRight(Span<byte> bytes)
    {
        while (bytes.Length >= HeaderLength && bytes.StartsWith("OggS"u8))
        {
            var segments = bytes[HeaderLength - 1];
            var length = HeaderLength + segments;
            if (bytes.Length < length)
            {
                return;
            }

            foreach (var size in bytes.Slice(HeaderLength, segments))
            {
                length += size;
            }

            var page = bytes[..Math.Min(length, bytes.Length)];
            BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumOffset..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumOffset..], Checksum(page));
            bytes = bytes[page.Length..];
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> page)
    {
        uint crc = 0;
        foreach (var each in page)
        {
            crc ^= (uint)each << 24;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000_0000) != 0 ? crc << 1 ^ 0x04C1_1DB7 : crc << 1;
            }
        }

        return crc;
    }
}
