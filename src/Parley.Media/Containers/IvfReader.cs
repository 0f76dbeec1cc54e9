using System.Buffers.Binary;

namespace Parley.Media;

/// <summary>
/// Reads IVF files frame by frame. A file that ends within a frame, as a recording does whose writer was killed, ends before
/// that frame. Not safe for concurrent use.
/// </summary>
public sealed class IvfReader : IDisposable
{
    /// <summary>The largest frame accepted: what is larger is no frame but a broken file.</summary>
    public const int MaximumFrameSize = 16 * 1024 * 1024;

    private const int FrameHeaderSize = 12;
    private const int Step = 64 * 1024;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private byte[] _buffer = [];

    /// <summary>Reads the header.</summary>
    /// <param name="stream">The file; a pipe will do.</param>
    /// <param name="leaveOpen">Whether <see cref="Dispose"/> leaves the stream alone.</param>
    /// <exception cref="InvalidDataException">It is not an IVF file.</exception>
    public IvfReader(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _leaveOpen = leaveOpen;
        Span<byte> header = stackalloc byte[IvfHeader.Size];
        var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        Header = IvfHeader.Parse(header[..read]);
        Position = read;
        Skip(Header.HeaderLength - read);
    }

    /// <summary>The file's header.</summary>
    public IvfHeader Header { get; }

    /// <summary>Where the next frame header is, in bytes from the beginning.</summary>
    public long Position { get; private set; }

    /// <summary>Whether the file ended within a frame.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Opens a file.</summary>
    public static IvfReader Open(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));

    /// <summary>Reads the next frame; false at the end.</summary>
    /// <exception cref="InvalidDataException">A frame is larger than <see cref="MaximumFrameSize"/>; the message gives its
    /// position.</exception>
    public bool TryRead(out IvfFrame frame)
    {
        frame = default;
        Span<byte> header = stackalloc byte[FrameHeaderSize];
        var read = _stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read < header.Length)
        {
            IsTruncated = read > 0;
            return false;
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (size > MaximumFrameSize)
        {
            throw new InvalidDataException($"Byte {Position}: a frame of {size} bytes.");
        }

        if (!TryFill((int)size))
        {
            IsTruncated = true;
            return false;
        }

        frame = new IvfFrame(Position, BinaryPrimitives.ReadInt64LittleEndian(header[4..]), _buffer.AsMemory(0, (int)size));
        Position += FrameHeaderSize + size;
        return true;
    }

    /// <summary>Goes to a frame, by the position that <see cref="IvfFrame.Position"/> gave.</summary>
    /// <exception cref="NotSupportedException">The stream cannot seek.</exception>
    public void Seek(long position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(position, IvfHeader.Size);
        _stream.Position = position;
        Position = position;
        IsTruncated = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private void Skip(int count)
    {
        Span<byte> passed = stackalloc byte[256];
        while (count > 0 && _stream.Read(passed[..Math.Min(count, passed.Length)]) is > 0 and var read)
        {
            Position += read;
            count -= read;
        }
    }

    // Memory grows with what really is in the file, never with what a length field promises.
    private bool TryFill(int size)
    {
        for (var filled = 0; filled < size;)
        {
            var goal = Math.Min(size, filled + Step);
            if (_buffer.Length < goal)
            {
                Array.Resize(ref _buffer, Math.Min(size, Math.Max(goal, _buffer.Length * 2)));
            }

            var read = _stream.ReadAtLeast(_buffer.AsSpan(filled, goal - filled), goal - filled, throwOnEndOfStream: false);
            filled += read;
            if (filled < goal)
            {
                return false;
            }
        }

        return true;
    }
}
