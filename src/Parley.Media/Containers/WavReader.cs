using System.Buffers.Binary;

namespace Parley.Media;

/// <summary>
/// Reads WAV files as 16-bit samples: integers of 8, 16, 24 and 32 bits, floats of 32 and 64, A-law and µ-law, at any rate, of up to 64
/// channels; files of more than 4 GiB too (RF64, EBU Tech 3306). What chunks it does not know it passes over; a file that was cut off ends
/// where it ends. Not safe for concurrent use.
/// </summary>
public sealed class WavReader : IDisposable
{
    private const int Integer = 1;
    private const int Float = 3;
    private const int ALaw = 6;
    private const int MuLaw = 7;
    private const int MinLongSizes = 24;
    private const int Extensible = 0xFFFE;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly byte[] _bytes = new byte[64 * 1024];
    private readonly long _dataPosition;
    private readonly long _dataLength;
    private readonly int _bytesPerSample;
    private readonly int _tag;
    private long _position;
    private long _left;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">The file; a pipe will do.</param>
    /// <param name="leaveOpen">Whether <see cref="Dispose"/> leaves the stream alone.</param>
    /// <exception cref="InvalidDataException">It is no WAV file, or of a kind that cannot be read; the message gives the
    /// position.</exception>
    public WavReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _leaveOpen = leaveOpen;
        Span<byte> header = stackalloc byte[12];
        Span<byte> sizes = stackalloc byte[MinLongSizes];
        if (!TryFill(header)
            || !(header.StartsWith("RIFF"u8) || header.StartsWith("RF64"u8) || header.StartsWith("BW64"u8))
            || !header[8..].SequenceEqual("WAVE"u8))
        {
            throw new InvalidDataException("Byte 0: not a WAV file: it does not begin with RIFF and WAVE.");
        }

        var hasFormat = false;
        long longSize = 0;
        while (true)
        {
            var chunk = ReadChunkHeader(header[..8], out var size);
            if (chunk == "data" && hasFormat)
            {
                _dataPosition = _position;

                // Writers that cannot go back leave 0 or the largest number: then the sound lasts as long as the file.
                // Of RF64 the largest number says that the length stands in front.
                _dataLength = _left = size == uint.MaxValue && longSize > 0 ? longSize : size is 0 or uint.MaxValue ? long.MaxValue : size;
                return;
            }

            if (chunk == "fmt ")
            {
                (SampleRate, Channels, _bytesPerSample, _tag) = ReadFormat(size);
                hasFormat = true;
            }
            else if (chunk == "ds64" && size >= MinLongSizes)
            {
                // EBU Tech 3306 §4.1: the sizes of the file, of the sound and the number of samples, of 64 bits each.
                longSize = TryFill(sizes) ? BinaryPrimitives.ReadInt64LittleEndian(sizes[8..]) : 0;
                Skip(size - MinLongSizes);
            }
            else
            {
                Skip(size);
            }

            Skip(size & 1);
        }
    }

    /// <summary>Samples per second and channel, 1,000 to 768,000.</summary>
    public int SampleRate { get; }

    /// <summary>Channels, 1 to 64.</summary>
    public int Channels { get; }

    /// <summary>Opens a file.</summary>
    public static WavReader Open(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));

    /// <summary>Reads interleaved samples, as many as fit; 0 at the end.</summary>
    public int Read(Span<short> samples)
    {
        var done = 0;
        samples = samples[..(samples.Length / Channels * Channels)];
        while (done < samples.Length)
        {
            var frameSize = _bytesPerSample * Channels;
            var wanted = (int)Math.Min(
                Math.Min((long)(samples.Length - done) * _bytesPerSample, _bytes.Length / frameSize * frameSize), _left);
            var read = _stream.ReadAtLeast(_bytes.AsSpan(0, wanted), wanted, throwOnEndOfStream: false) / frameSize * frameSize;
            if (read == 0)
            {
                break;
            }

            _left -= read;
            for (var at = 0; at < read; at += _bytesPerSample)
            {
                samples[done++] = Sample(_bytes.AsSpan(at, _bytesPerSample));
            }

            if (read < wanted)
            {
                _left = 0;
            }
        }

        return done;
    }

    /// <summary>Goes back to the first sample.</summary>
    /// <exception cref="NotSupportedException">The stream cannot seek.</exception>
    public void Rewind()
    {
        _stream.Position = _dataPosition;
        _left = _dataLength;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private short Sample(ReadOnlySpan<byte> bytes) => (_bytesPerSample, _tag) switch
    {
        (4, Float) => Round(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        (8, Float) => Round(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        (_, ALaw) => G711.DecodeALaw(bytes[0]),
        (_, MuLaw) => G711.DecodeMuLaw(bytes[0]),
        (1, _) => (short)((bytes[0] - 128) << 8),
        (_, _) => BinaryPrimitives.ReadInt16LittleEndian(bytes[(_bytesPerSample - 2)..]),
    };

    private static short Round(double value) =>
        double.IsNaN(value) ? (short)0 : (short)Math.Clamp(Math.Round(value * 32_768), short.MinValue, short.MaxValue);

    private string ReadChunkHeader(Span<byte> header, out uint size)
    {
        if (!TryFill(header))
        {
            throw new InvalidDataException($"Byte {_position}: the file ends before its sound.");
        }

        size = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        return System.Text.Encoding.Latin1.GetString(header[..4]);
    }

    private (int Rate, int Channels, int BytesPerSample, int Tag) ReadFormat(uint size)
    {
        Span<byte> format = stackalloc byte[40];
        format = format[..(int)Math.Min(size, 40)];
        var position = _position;
        if (size < 16 || !TryFill(format))
        {
            throw new InvalidDataException($"Byte {position}: the format is cut off.");
        }

        Skip(size - format.Length);
        int tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (tag == Extensible && format.Length >= 26)
        {
            // The real tag opens the sub-format.
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
        }

        if (!(tag == Integer && bits is 8 or 16 or 24 or 32 || tag == Float && bits is 32 or 64 || tag is ALaw or MuLaw && bits == 8))
        {
            throw new InvalidDataException(
                $"Byte {position}: {bits} bits of format {tag}; only integers of 8 to 32 bits, "
                + "floats of 32 and 64, A-law and µ-law can be read.");
        }

        if (channels is 0 or > 64 || rate is < 1_000 or > 768_000)
        {
            throw new InvalidDataException($"Byte {position}: {channels} channels at {rate} Hz.");
        }

        return ((int)rate, channels, bits / 8, tag);
    }

    private bool TryFill(Span<byte> bytes)
    {
        var read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        _position += read;
        return read == bytes.Length;
    }

    private void Skip(long count)
    {
        while (count > 0)
        {
            var read = _stream.Read(_bytes, 0, (int)Math.Min(count, _bytes.Length));
            if (read == 0)
            {
                throw new InvalidDataException($"Byte {_position}: the file ends before its sound.");
            }

            _position += read;
            count -= read;
        }
    }
}
