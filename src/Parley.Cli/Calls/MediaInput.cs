using Parley.Media;
using Parley.Media.Ffmpeg;

namespace Parley.Cli.Calls;

/// <summary>What <c>--audio</c> and <c>--video</c> name: one source, whose track goes to everyone in the call.</summary>
internal sealed class MediaInput : IDisposable
{
    private readonly PacedSource _source;

    private MediaInput(PacedSource source, string label)
    {
        _source = source;
        Track = new MediaStreamTrack(source.Kind, source, label: label);
    }

    /// <summary>Why the track ended before its time; null when it did not.</summary>
    public string? Error => _source.Error is { } error ? $"{Track.Label}: {error.Message}" : null;

    /// <summary>The track to send.</summary>
    public MediaStreamTrack Track { get; }

    /// <summary>Opens sound: "tone", "tune", a file, or whatever ffmpeg takes.</summary>
    /// <exception cref="CommandException">It cannot be opened; the message says why.</exception>
    public static Task<MediaInput> AudioAsync(string spec, CancellationToken cancellation) => OpenAsync(spec, async () => spec switch
    {
        "tone" => AudioEncoder.IsSupported(MediaFormat.Opus) ? new ToneSource() : SampleMedia.Tone(),
        "tune" => SampleMedia.Tune(),
        _ when HasExtension(spec, ".ogg", ".opus") =>
            await FileAsync(spec, static file => new OggOpusSource(file), MediaKind.Audio, cancellation),
        _ when HasExtension(spec, ".wav") => await FileAsync(spec, static file => new WavSource(file), MediaKind.Audio, cancellation),
        _ => await FfmpegAsync(spec, MediaKind.Audio, cancellation),
    });

    /// <summary>Opens pictures: "card", a file, or whatever ffmpeg takes.</summary>
    /// <exception cref="CommandException">It cannot be opened; the message says why.</exception>
    public static Task<MediaInput> VideoAsync(string spec, CancellationToken cancellation) => OpenAsync(spec, async () => spec switch
    {
        "card" => SampleMedia.TestCard(),
        _ when HasExtension(spec, ".ivf") => await FileAsync(spec, static file => new IvfSource(file), MediaKind.Video, cancellation),
        _ => await FfmpegAsync(spec, MediaKind.Video, cancellation),
    });

    public void Dispose()
    {
        Track.Stop();
        _source.Dispose();
    }

    private static async Task<MediaInput> OpenAsync(string spec, Func<Task<PacedSource>> open)
    {
        try
        {
            return new MediaInput(await open(), spec);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new CommandException($"{spec}: {exception.Message}");
        }
    }

    /// <summary>
    /// A file that is played as it is, or else by ffmpeg: these containers hold other codecs too. What is read from a pipe is gone, so it
    /// gets no second try.
    /// </summary>
    private static async Task<PacedSource> FileAsync(
        string path, Func<Stream, PacedSource> open, MediaKind kind, CancellationToken cancellation)
    {
        if (!File.Exists(path) && path.Contains("://", StringComparison.Ordinal))
        {
            // A URL may end like a file.
            return await FfmpegAsync(path, kind, cancellation);
        }

        // Whoever opens a pipe waits for its other end.
        FileStream file = await Task.Run(
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read), cancellation).WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => open(file), cancellation).WaitAsync(cancellation);
        }
        catch (InvalidDataException exception)
        {
            bool isPipe = !file.CanSeek;
            await file.DisposeAsync();
            if (isPipe)
            {
                throw;
            }

            try
            {
                return await FfmpegAsync(path, kind, cancellation);
            }
            catch (NotSupportedException missing)
            {
                throw new InvalidDataException($"{exception.Message} {missing.Message}", missing);
            }
        }
    }

    // A pipe, whose length is 0, has nothing to begin anew with.
    private static async Task<PacedSource> FfmpegAsync(string spec, MediaKind kind, CancellationToken cancellation) =>
        await FfmpegSource.OpenAsync(
            spec,
            kind,
            new FfmpegSourceOptions { Loop = new FileInfo(spec) is { Exists: true, Length: > 0 } },
            cancellationToken: cancellation);

    private static bool HasExtension(string path, params ReadOnlySpan<string> extensions)
    {
        foreach (string extension in extensions)
        {
            if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
