using System.Buffers.Binary;

namespace Parley.Media;

/// <summary>
/// Writes IVF files. The header is written again by <see cref="Dispose"/>, with the length, the number of frames and the size, when the
/// stream can seek. Not safe for concurrent use.
/// </summary>
public sealed class IvfWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly long _origin;
    private IvfHeader _header;
    private uint _frames;
    private long _firstTicks;
    private long _lastTicks;
    private bool _disposed;

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="header">What the file holds.</param>
    /// <param name="leaveOpen">Whether <see cref="Dispose"/> leaves the stream alone.</param>
    public IvfWriter(Stream stream, IvfHeader header, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(header);
        if (header.FourCC.Length != 4 || header.Rate == 0 || header.Scale == 0)
        {
            throw new ArgumentException("A header needs four letters, a rate and a scale.", nameof(header));
        }

        _stream = stream;
        _leaveOpen = leaveOpen;
        _header = header;
        _origin = stream.CanSeek ? stream.Position : 0;
        WriteHeader();
    }

    /// <summary>Frames written.</summary>
    public int FrameCount => (int)_frames;

    /// <summary>Says how large the pictures are, when that was not known at the beginning.</summary>
    public void Resize(int width, int height) => _header = _header with { Width = (ushort)width, Height = (ushort)height };

    /// <summary>Writes a frame.</summary>
    /// <param name="data">Its bytes.</param>
    /// <param name="ticks">Its timestamp in the header's ticks.</param>
    public void Write(ReadOnlySpan<byte> data, long ticks)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(header, data.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[4..], ticks);
        _stream.Write(header);
        _stream.Write(data);
        _firstTicks = _frames == 0 ? ticks : Math.Min(_firstTicks, ticks);
        _lastTicks = _frames == 0 ? ticks : Math.Max(_lastTicks, ticks);
        _frames++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_stream.CanSeek)
        {
            var end = _stream.Position;
            _stream.Position = _origin;
            _header = _header with { FrameCount = _frames, Length = Length };
            WriteHeader();
            _stream.Position = end;
        }

        _stream.Flush();
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    /// <summary>From the first frame to the last, which is taken to be as long as the others are on average.</summary>
    private uint Length =>
        _frames < 2 ? _frames : (uint)Int128.Clamp((Int128)(_lastTicks - _firstTicks) * _frames / (_frames - 1), 1, uint.MaxValue);

    private void WriteHeader()
    {
        Span<byte> bytes = stackalloc byte[IvfHeader.Size];
        _header.Write(bytes);
        _stream.Write(bytes);
    }
}
