using System.Threading.Channels;

namespace Parley.Media;

/// <summary>
/// Reads the frames of what cannot be sought in, such as a pipe, on a thread of its own: a pipe may have nothing to give for long, and
/// nobody who stops or asks the source may wait for it.
/// </summary>
internal sealed class FrameFeed : IDisposable
{
    private const int Capacity = 64;
    private static readonly TimeSpan UnderrunWait = TimeSpan.FromMilliseconds(20);

    private readonly Channel<MediaFrame> _frames =
        Channel.CreateBounded<MediaFrame>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
    private readonly MediaFrameReader _read;
    private readonly IDisposable _reader;

    /// <summary>Begins to read.</summary>
    /// <param name="name">What is read, for whoever looks at the threads.</param>
    /// <param name="read">Reads a frame; false at the end.</param>
    /// <param name="reader">What is read from; disposed when nothing reads it any more, since a pipe may not be closed before its read has
    /// ended.</param>
    public FrameFeed(string name, MediaFrameReader read, IDisposable reader)
    {
        (_read, _reader) = (read, reader);
        new Thread(ReadAll) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Takes the next frame, or one without data when nothing has come yet; false at the end.</summary>
    /// <exception cref="IOException">Reading failed.</exception>
    public bool TryProduce(MediaFormat format, bool keyFrameWanted, out MediaFrame frame)
    {
        while (_frames.Reader.TryRead(out frame))
        {
            if (frame.IsKeyFrame || !keyFrameWanted)
            {
                return true;
            }
        }

        frame = new MediaFrame { Format = format, Data = default, Duration = UnderrunWait };
        if (!_frames.Reader.Completion.IsCompleted)
        {
            return true;
        }

        return _frames.Reader.Completion is { IsFaulted: true, Exception.InnerException: { } error }
            ? throw new IOException(error.Message, error)
            : false;
    }

    /// <summary>Stops when the read under way has ended.</summary>
    public void Dispose() => _frames.Writer.TryComplete();

    private void ReadAll()
    {
        try
        {
            while (_read(out var frame))
            {
                var copy = frame with { Data = frame.Data.ToArray() };
                while (!_frames.Writer.TryWrite(copy))
                {
                    if (!_frames.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
                    {
                        return;
                    }
                }
            }

            _frames.Writer.TryComplete();
        }
        catch (Exception error)
        {
            // Here ends the thread's stack; the source hears of it.
            _frames.Writer.TryComplete(error);
        }
        finally
        {
            _reader.Dispose();
        }
    }
}
