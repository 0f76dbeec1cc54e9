using System.Buffers.Binary;

namespace Parley.Media;

/// <summary>The header of an IVF file: what its frames are and how their timestamps count.</summary>
/// <remarks><code>
///  0  "DKIF"            4  version (0)         6  header length (32 or more)
///  8  FourCC           12  width              14  height
/// 16  ticks numerator's rate                  20  scale: a tick is scale/rate seconds
/// 24  length           28  frames             (all little-endian)
/// </code>What stands at 24 is read in two ways: libvpx writes the number of frames, ffmpeg the length in ticks, by which ffprobe and
/// players tell the duration. Here it is the length, and the number of frames stands in the field behind it, which others leave
/// 0.</remarks>
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

    /// <summary>How many ticks the file lasts; 0: as many as it has frames, or not known.</summary>
    public uint Length { get; init; }

    /// <summary>Where the first frame begins: a header may be longer than what is known of it.</summary>
    public int HeaderLength { get; init; } = Size;

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
            FrameCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) is > 0 and var count
                ? count
                : BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            Length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),

            // Some writers leave it 0.
            HeaderLength = Math.Max(Size, (int)length),
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
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], Length == 0 ? FrameCount : Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], Length == 0 || Length == FrameCount ? 0 : FrameCount);
    }

    /// <summary>The time of a tick count, held within some thousand years.</summary>
    public TimeSpan TimeOf(long ticks) =>
        TimeSpan.FromTicks(
            (long)Int128.Clamp((Int128)ticks * Scale * TimeSpan.TicksPerSecond / Rate, long.MinValue / 4, long.MaxValue / 4));
}
