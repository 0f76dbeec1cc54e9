using System.Buffers.Binary;

namespace Parley.Media;

/// <summary>Writes WAV files of 16-bit sound. The header is completed by <see cref="Dispose"/>. Not safe for concurrent use.</summary>
public sealed class WavWriter : IDisposable
{
    private const int HeaderSize = 44;

    // The sizes within are 32 bits wide.
    private const long MaximumData = uint.MaxValue - HeaderSize;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly long _origin;
    private long _bytes;
    private bool _disposed;

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Where to; it must be able to seek.</param>
    /// <param name="sampleRate">Samples per second and channel.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="leaveOpen">Whether <see cref="Dispose"/> leaves the stream alone.</param>
    public WavWriter(Stream stream, int sampleRate, int channels, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if (!stream.CanSeek)
        {
            throw new ArgumentException("The stream must be able to seek.", nameof(stream));
        }

        _stream = stream;
        _leaveOpen = leaveOpen;
        _origin = stream.Position;
        SampleRate = sampleRate;
        Channels = channels;
        WriteHeader();
    }

    /// <summary>Samples per second and channel.</summary>
    public int SampleRate { get; }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Samples per channel written.</summary>
    public long Frames => _bytes / (sizeof(short) * Channels);

    /// <summary>Writes interleaved samples; what would go beyond 4 GiB is dropped.</summary>
    public void Write(ReadOnlySpan<short> samples)
    {
        Span<byte> bytes = stackalloc byte[4096];
        while (!samples.IsEmpty && _bytes + bytes.Length <= MaximumData)
        {
            var count = Math.Min(samples.Length, bytes.Length / sizeof(short));
            for (var i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteInt16LittleEndian(bytes[(2 * i)..], samples[i]);
            }

            _stream.Write(bytes[..(count * sizeof(short))]);
            _bytes += count * sizeof(short);
            samples = samples[count..];
        }
    }

    /// <summary>Writes silence.</summary>
    /// <param name="frames">Samples per channel.</param>
    public void WriteSilence(long frames)
    {
        Span<short> zeros = stackalloc short[1024];
        zeros.Clear();
        for (var left = frames * Channels; left > 0; left -= zeros.Length)
        {
            Write(zeros[..(int)Math.Min(left, zeros.Length)]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        var end = _stream.Position;
        _stream.Position = _origin;
        WriteHeader();
        _stream.Position = end;
        _stream.Flush();
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private void WriteHeader()
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(_bytes + HeaderSize - 8));
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], (short)Channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], SampleRate * Channels * sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], (short)(Channels * sizeof(short)));
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], (uint)_bytes);
        _stream.Write(header);
    }
}
