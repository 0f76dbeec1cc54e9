using System.Buffers.Binary;

namespace Parley.Media;

/// <summary>The header of an IVF file: what its frames are and how their timestamps count.</summary>
/// <remarks><code>
///  0  "DKIF"            4  version (0)         6  header length (32)
///  8  FourCC           12  width              14  height
/// 16  ticks numerator's rate                  20  scale: a tick is scale/rate seconds
/// 24  frames           28  unused             (all little-endian)
/// </code></remarks>
public sealed record IvfHeader
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 32;

    /// <summary>The codec's four letters: "VP80", "H264", "VP90", "AV01".</summary>
    public required string FourCC { get; init; }

    /// <summary>Pixels across; 0 when unknown.</summary>
    public ushort Width { get; init; }

    /// <summary>Pixels down; 0 when unknown.</summary>
    public ushort Height { get; init; }

    /// <summary>With <see cref="Scale"/>, the ticks of the timestamps: a tick lasts Scale/Rate seconds. Never 0.</summary>
    public uint Rate { get; init; } = 90_000;

    /// <summary>See <see cref="Rate"/>. Never 0.</summary>
    public uint Scale { get; init; } = 1;

    /// <summary>How many frames the file says it has. Files that were cut off, or never finished, say otherwise than they hold.</summary>
    public uint FrameCount { get; init; }

    /// <summary>The format of the frames; null when Parley has no name for the codec.</summary>
    public MediaFormat? Format => FourCC switch
    {
        "VP80" => MediaFormat.Vp8,
        "H264" => MediaFormat.H264,
        "VP90" => MediaFormat.Vp9,
        "AV01" => MediaFormat.Av1,
        _ => null,
    };

    /// <summary>The four letters for a format.</summary>
    /// <exception cref="NotSupportedException">IVF has no letters for it.</exception>
    public static string FourCCOf(MediaFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return format.Name.ToUpperInvariant() switch
        {
            "VP8" => "VP80",
            "H264" => "H264",
            "VP9" => "VP90",
            "AV1" => "AV01",
            _ => throw new NotSupportedException($"IVF cannot hold {format.Name}."),
        };
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static IvfHeader Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size || !bytes.StartsWith("DKIF"u8))
        {
            throw new InvalidDataException("Byte 0: not an IVF file: it does not begin with a header that says DKIF.");
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        var scale = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        if (length != Size)
        {
            throw new InvalidDataException($"Byte 6: an IVF header of {length} bytes; it has {Size}.");
        }

        if (rate == 0 || scale == 0)
        {
            throw new InvalidDataException($"Byte 16: ticks of {scale}/{rate} s.");
        }

        return new IvfHeader
        {
            FourCC = string.Create(4, bytes.Slice(8, 4), static (text, letters) => System.Text.Encoding.Latin1.GetChars(letters, text)),
            Width = BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]),
            Height = BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]),
            Rate = rate,
            Scale = scale,
            FrameCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
        };
    }

    /// <summary>Writes the header's 32 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        "DKIF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], Size);
        System.Text.Encoding.Latin1.GetBytes(FourCC.AsSpan(0, 4), bytes[8..]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[12..], Width);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], Height);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], Rate);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], Scale);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], FrameCount);
    }

    /// <summary>The time of a tick count, held within some thousand years.</summary>
    public TimeSpan TimeOf(long ticks) =>
        TimeSpan.FromTicks((long)Int128.Clamp((Int128)ticks * Scale * TimeSpan.TicksPerSecond / Rate, long.MinValue / 4, long.MaxValue / 4));
}
