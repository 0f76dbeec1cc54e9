using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;

namespace Parley.Media.Ffmpeg;

/// <summary>
/// Plays whatever the ffmpeg program can read (files, URLs, cameras) as Opus or VP8. ffmpeg runs until the source is disposed or the input
/// ends; while no track plays, it waits. Answers to wishes for key frames leap to the next one, at most a second ahead.
/// </summary>
public sealed class FfmpegSource : PacedSource
{
    private const int QueuedFrames = 64;

    private const int QuotedLines = 5;

    private static readonly TimeSpan UnderrunWait = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Entry> _queue =
        Channel.CreateBounded<Entry>(new BoundedChannelOptions(QueuedFrames) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _cancellation = new();
    private readonly string _input;
    private readonly FfmpegSourceOptions _options;
    private Task _running = Task.CompletedTask;

    private FfmpegSource(string input, MediaKind kind, FfmpegSourceOptions options, TimeProvider? clock)
        : base(kind, clock)
    {
        _input = input;
        _options = options;
    }

    /// <summary>Ends when ffmpeg has.</summary>
    public Task Completion => _running;

    /// <summary>Starts ffmpeg and waits until it brings the first frame.</summary>
    /// <param name="input">A file's path or a URL. What exists as a file is taken for one, whatever its name looks like.</param>
    /// <param name="kind">Whether to take the input's first line of sound, or of pictures.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    /// <param name="clock">What times the source; null for the system's clock.</param>
    /// <param name="cancellationToken">Gives up waiting, and ends ffmpeg.</param>
    /// <exception cref="NotSupportedException">There is no ffmpeg on this machine; the message says how to install it.</exception>
    /// <exception cref="InvalidDataException">ffmpeg cannot play the input; the message holds what it said.</exception>
    public static async Task<FfmpegSource> OpenAsync(
        string input,
        MediaKind kind,
        FfmpegSourceOptions? options = null,
        TimeProvider? clock = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        var source = new FfmpegSource(input, kind, options ?? new FfmpegSourceOptions(), clock);
        try
        {
            source._running = source.RunAsync();
            if (!await source._queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new InvalidDataException($"ffmpeg found no {(kind == MediaKind.Audio ? "sound" : "pictures")} in {input}.");
            }

            return source;
        }
        catch
        {
            source.Dispose();
            await source._running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override bool TryProduce(bool keyFrameWanted, out MediaFrame frame)
    {
        while (_queue.Reader.TryRead(out var entry))
        {
            if (!keyFrameWanted || entry.Frame.IsKeyFrame || Kind == MediaKind.Audio)
            {
                frame = entry.Frame;
                return true;
            }
        }

        frame = new MediaFrame { Format = FormatOf(Kind), Data = default, Duration = UnderrunWait };
        if (!_queue.Reader.Completion.IsCompleted)
        {
            return true;
        }

        return _queue.Reader.Completion is { IsFaulted: true, Exception.InnerException: { } error }
            ? throw new IOException(error.Message, error)
            : false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Only once: PacedSource sees to it.
        _cancellation.Cancel();
        _queue.Writer.TryComplete();
    }

    private static MediaFormat FormatOf(MediaKind kind) => kind == MediaKind.Audio ? MediaFormat.Opus : MediaFormat.Vp8;

    private async Task RunAsync()
    {
        var errors = new Queue<string>();
        try
        {
            using var process = Process.Start(FfmpegCommand.For(_input, Kind, _options))!;
            var listening = ListenAsync(process.StandardError, errors);
            using (_cancellation.Token.Register(static process => Kill((Process)process!), process))
            {
                var (read, failure) = await ReadAllAsync(process.StandardOutput.BaseStream).ConfigureAwait(false);
                if (!read)
                {
                    Kill(process);
                }

                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                await listening.ConfigureAwait(false);
                _queue.Writer.TryComplete(
                    _cancellation.IsCancellationRequested || (read && process.ExitCode == 0)
                        ? null
                        : Unplayable(errors, failure, process.ExitCode));
            }
        }
        catch (Win32Exception error)
        {
            _queue.Writer.TryComplete(new NotSupportedException(
                "This needs the ffmpeg program, which was not found. Install it: Debian and Ubuntu \"apt install ffmpeg\", "
                + "Fedora \"dnf install ffmpeg\", macOS \"brew install ffmpeg\", Windows \"winget install ffmpeg\".",
                error));
        }
    }

    private InvalidDataException Unplayable(Queue<string> errors, Exception? failure, int exitCode)
    {
        var said = errors.Count > 0 ? string.Join(" ", errors) : failure?.Message ?? $"it ended with {exitCode}";
        return new InvalidDataException($"ffmpeg cannot play {_input}: {said}", failure);
    }

    /// <summary>Its last lines, so that an error can say what ffmpeg said.</summary>
    private static async Task ListenAsync(StreamReader lines, Queue<string> last)
    {
        while (await lines.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            last.Enqueue(line);
            if (last.Count > QuotedLines)
            {
                last.Dequeue();
            }
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Reads on a thread of its own until ffmpeg ends; false with what stood against it.</summary>
    private async Task<(bool Read, Exception? Failure)> ReadAllAsync(Stream stream)
    {
        try
        {
            await Task.Factory.StartNew(
                () => Read(stream), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            return (true, null);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            return (false, error);
        }
    }

    private void Read(Stream stream)
    {
        if (Kind == MediaKind.Audio)
        {
            using var reader = new OggReader(stream, leaveOpen: true);
            while (reader.TryRead(out var packet))
            {
                Enqueue(packet.Data.ToArray(), OpusPacket.DurationOf(packet.Data.Span), true);
            }

            return;
        }

        using var pictures = new IvfReader(stream, leaveOpen: true);
        var duration = TimeSpan.FromSeconds(1.0 / _options.FrameRate);
        while (pictures.TryRead(out var frame))
        {
            Enqueue(frame.Data.ToArray(), duration, VideoFrame.IsKeyFrame(MediaFormat.Vp8, frame.Data.Span));
        }
    }

    // Waits while the queue is full; so does ffmpeg, on its pipe.
    private void Enqueue(byte[] data, TimeSpan duration, bool isKeyFrame)
    {
        var frame = new MediaFrame { Format = FormatOf(Kind), Data = data, Duration = duration, IsKeyFrame = isKeyFrame };
        var writing = _queue.Writer.WriteAsync(new Entry(frame), _cancellation.Token);
        if (!writing.IsCompletedSuccessfully)
        {
            try
            {
                writing.AsTask().GetAwaiter().GetResult();
            }
            catch (ChannelClosedException)
            {
                throw new OperationCanceledException(_cancellation.Token);
            }
        }
    }

    private sealed record Entry(MediaFrame Frame);
}
