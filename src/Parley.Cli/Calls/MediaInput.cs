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

    /// <summary>The track to send.</summary>
    public MediaStreamTrack Track { get; }

    /// <summary>Opens sound: "tone", "tune", a file, or whatever ffmpeg takes.</summary>
    /// <exception cref="CommandException">It cannot be opened; the message says why.</exception>
    public static Task<MediaInput> AudioAsync(string spec, CancellationToken cancellation) => OpenAsync(spec, async () => spec switch
    {
        "tone" => AudioEncoder.IsSupported(MediaFormat.Opus) ? new ToneSource() : SampleMedia.Tone(),
        "tune" => SampleMedia.Tune(),
        _ when HasExtension(spec, ".ogg", ".opus") && IsOpus(spec) => OggOpusSource.Open(spec),
        _ when HasExtension(spec, ".wav") => WavSource.Open(spec),
        _ => await FfmpegAsync(spec, MediaKind.Audio, cancellation),
    });

    /// <summary>Opens pictures: "card", a file, or whatever ffmpeg takes.</summary>
    /// <exception cref="CommandException">It cannot be opened; the message says why.</exception>
    public static Task<MediaInput> VideoAsync(string spec, CancellationToken cancellation) => OpenAsync(spec, async () => spec switch
    {
        "card" => SampleMedia.TestCard(),
        _ when HasExtension(spec, ".ivf") => IvfSource.Open(spec),
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
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new CommandException($"{spec}: {exception.Message}");
        }
    }

    private static async Task<PacedSource> FfmpegAsync(string spec, MediaKind kind, CancellationToken cancellation) =>
        await FfmpegSource.OpenAsync(spec, kind, new FfmpegSourceOptions { Loop = File.Exists(spec) }, cancellationToken: cancellation);

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

    // Ogg holds other codecs too; those are ffmpeg's.
    private static bool IsOpus(string path)
    {
        Span<byte> beginning = stackalloc byte[64];
        using FileStream file = File.OpenRead(path);
        return beginning[..file.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false)].IndexOf("OpusHead"u8) >= 0;
    }
}
