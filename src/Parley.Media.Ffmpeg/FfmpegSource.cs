using System.ComponentModel;
using System.Threading.Channels;
using FFMpegCore;
using FFMpegCore.Exceptions;
using FFMpegCore.Pipes;

namespace Parley.Media.Ffmpeg;

/// <summary>
/// Plays whatever the ffmpeg program can read (files, URLs, cameras) as Opus or VP8. ffmpeg runs until the source is disposed or the input
/// ends; while no track plays, it waits. Answers to wishes for key frames leap to the next one, at most a second ahead.
/// </summary>
public sealed class FfmpegSource : PacedSource
{
    private const int QueuedFrames = 64;

    private static readonly TimeSpan TimeToExit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UnderrunWait = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Entry> _queue = Channel.CreateBounded<Entry>(new BoundedChannelOptions(QueuedFrames) { SingleReader = true, SingleWriter = true });
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
    /// <param name="input">A file's path or a URL.</param>
    /// <param name="kind">Whether to take the input's first line of sound, or of pictures.</param>
    /// <param name="options">How to encode; null for the defaults.</param>
    /// <param name="clock">What times the source; null for the system's clock.</param>
    /// <param name="cancellationToken">Gives up waiting, and ends ffmpeg.</param>
    /// <exception cref="NotSupportedException">There is no ffmpeg on this machine; the message says how to install it.</exception>
    /// <exception cref="InvalidDataException">ffmpeg cannot play the input; the message holds what it said.</exception>
    public static async Task<FfmpegSource> OpenAsync(string input, MediaKind kind, FfmpegSourceOptions? options = null, TimeProvider? clock = null, CancellationToken cancellationToken = default)
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

        return _queue.Reader.Completion is { IsFaulted: true, Exception.InnerException: { } error } ? throw new IOException(error.Message, error) : false;
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
            await Arguments()
                .CancellableThrough(_cancellation.Token, TimeToExit)
                .NotifyOnStandardError(line =>
                {
                    lock (errors)
                    {
                        errors.Enqueue(line);
                        if (errors.Count > 5)
                        {
                            errors.Dequeue();
                        }
                    }
                })
                .ProcessAsynchronously()
                .ConfigureAwait(false);
            _queue.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            _queue.Writer.TryComplete();
        }
        catch (Exception error) when (error.GetBaseException() is Win32Exception)
        {
            _queue.Writer.TryComplete(new NotSupportedException(
                "This needs the ffmpeg program, which was not found. Install it: Debian and Ubuntu \"apt install ffmpeg\", Fedora \"dnf install ffmpeg\", "
                + "macOS \"brew install ffmpeg\", Windows \"winget install ffmpeg\".",
                error));
        }
        catch (Exception error) when (error is FFMpegException or IOException or InvalidDataException)
        {
            lock (errors)
            {
                var said = string.Join(" ", errors);
                _queue.Writer.TryComplete(new InvalidDataException($"ffmpeg cannot play {_input}: {(said.Length > 0 ? said : error.Message)}", error));
            }
        }
    }

    private FFMpegArgumentProcessor Arguments()
    {
        var sink = new StreamPipeSink((stream, _) => Task.Factory.StartNew(() => Read(stream), _cancellation.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default))
        {
            Format = Kind == MediaKind.Audio ? "ogg" : "ivf",
        };
        return FFMpegArguments
            .FromFileInput(_input, verifyExists: false, input => input.WithCustomArgument($"-v error {(_options.Loop ? "-stream_loop -1" : "")} {_options.InputArguments}"))
            .OutputToPipe(sink, output => output.WithCustomArgument(Kind == MediaKind.Audio ? SoundArguments() : PictureArguments()));
    }

    private string SoundArguments() => $"-map 0:a:0 -vn -c:a libopus -b:a {_options.Bitrate ?? 64_000} -ac 2 -ar 48000 -frame_duration 20 -page_duration 20000";

    private string PictureArguments() =>
        $"-map 0:v:0 -an -c:v libvpx -deadline realtime -cpu-used 8 -b:v {_options.Bitrate ?? 1_000_000} -g {_options.FrameRate} -auto-alt-ref 0 -lag-in-frames 0 "
        + $"-error-resilient 1 -pix_fmt yuv420p -r {_options.FrameRate} -vf \"scale='min({_options.MaximumWidth},iw)':-2\"";

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
