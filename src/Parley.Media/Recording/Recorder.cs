using System.Buffers;
using System.Threading.Channels;

namespace Parley.Media;

/// <summary>
/// Writes what a track brings to a file. The caller of <see cref="OnFrame"/> never waits for the disk: frames go through a bounded queue to
/// a task that writes them. The file is made when the first frame to record comes; <see cref="DisposeAsync"/> finishes it.
/// </summary>
public abstract class Recorder : IMediaSink, IAsyncDisposable
{
    private readonly Func<Stream> _open;
    private readonly Channel<Entry> _queue;
    private readonly Task _writing;
    private long _frames;
    private long _dropped;
    private int _disposed;
    private bool _stopped;

    /// <summary>Makes a recorder.</summary>
    /// <param name="open">Makes the file, when there is something to write to it.</param>
    /// <param name="capacity">Frames that may wait to be written.</param>
    protected Recorder(Func<Stream> open, int capacity)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _open = open;
        _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Frames written.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>Frames not written: the disk was too slow, or they could not be used.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Why writing ended early, or frames are missing that the file cannot hold (another codec); null while all is well.</summary>
    public Exception? Error { get; private set; }

    /// <inheritdoc/>
    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        ArgumentNullException.ThrowIfNull(track);
        if (!track.Enabled || frame.Data.IsEmpty || !Accepts(track, frame))
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(frame.Data.Length);
        frame.Data.CopyTo(buffer);
        if (!_queue.Writer.TryWrite(new Entry(frame with { Data = buffer.AsMemory(0, frame.Data.Length) }, buffer)))
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Interlocked.Increment(ref _dropped);
            OnDropped();
        }
    }

    /// <summary>Writes what is waiting and finishes the file. It does not throw: see <see cref="Error"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _queue.Writer.TryComplete();
        }

        await _writing.ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a file for writing, making its directory.</summary>
    protected static Func<Stream> FileAt(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return () =>
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
            {
                Directory.CreateDirectory(directory);
            }

            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        };
    }

    /// <summary>Whether a frame is to be recorded. On the thread that brings it.</summary>
    protected virtual bool Accepts(MediaStreamTrack track, in MediaFrame frame) => true;

    /// <summary>A frame was lost because too many were waiting. On the thread that brought it.</summary>
    protected virtual void OnDropped()
    {
    }

    /// <summary>Writes a frame; false when it cannot be used. On the writing task.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="open">Makes the file; to be called once.</param>
    protected abstract bool Write(in MediaFrame frame, Func<Stream> open);

    /// <summary>Says that the file cannot hold frames of a format; those of its own go on. On the writing task.</summary>
    private protected void Refuse(MediaFormat format, string holds) =>
        Error ??=
            new NotSupportedException($"{format.Name} comes, which the file cannot hold: it holds {holds}. Those frames are not recorded.");

    /// <summary>Finishes the file, if there is one. On the writing task.</summary>
    protected abstract void Finish();

    private async Task WriteAllAsync()
    {
        await foreach (var entry in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            var written = !_stopped && Attempt(() => Write(entry.Frame, _open));
            Interlocked.Increment(ref written ? ref _frames : ref _dropped);
            ArrayPool<byte>.Shared.Return(entry.Buffer);
        }

        Attempt(() =>
        {
            Finish();
            return true;
        });
    }

    // A disk that is full, or a codec that is missing, ends the recording and not the program.
    private bool Attempt(Func<bool> write)
    {
        try
        {
            return write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or InvalidDataException)
        {
            Error ??= error;
            _stopped = true;
            return false;
        }
    }

    private readonly record struct Entry(MediaFrame Frame, byte[] Buffer);
}
