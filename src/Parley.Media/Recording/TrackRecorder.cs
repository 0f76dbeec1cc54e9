namespace Parley.Media;

/// <summary>
/// Records a track, whatever it brings: Opus into Ogg, G.711 and raw sound into WAV, pictures into IVF. A codec that changes while the
/// track plays begins a further file. What cannot be recorded stands in <see cref="Errors"/>. Its members may be used from any thread.
/// </summary>
public sealed class TrackRecorder : IMediaSink, IAsyncDisposable
{
    /// <summary>How many files one track makes at most: a peer may change the codec with each frame.</summary>
    private const int MaxParts = 16;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly List<Part> _parts = [];
    private readonly List<Task> _finishing = [];
    private readonly List<string> _errors = [];
    private MediaFormat? _format;
    private bool _disposed;

    /// <summary>Records into files.</summary>
    /// <param name="path">The files' path without an extension, which tells what they hold; further ones end in "-part2" and so on. They
    /// are overwritten.</param>
    public TrackRecorder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
    }

    /// <summary>The files that something was written to.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            lock (_gate)
            {
                return [.. _parts.Where(part => part.Recorder.Frames > 0).Select(part => part.Path)];
            }
        }
    }

    /// <summary>Why something is missing, one line for each file or format.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _errors,
                    .. _parts.Where(part => part.Recorder.Error is not null).Select(part => $"{part.Path}: {part.Recorder.Error!.Message}"),
                ];
            }
        }
    }

    /// <inheritdoc/>
    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        ArgumentNullException.ThrowIfNull(track);
        Recorder? recorder;
        lock (_gate)
        {
            recorder = _disposed || frame.Data.IsEmpty || !track.Enabled ? null : RecorderFor(frame.Format);
        }

        recorder?.OnFrame(track, frame);
    }

    /// <summary>Writes what is waiting and finishes the files. It does not throw: see <see cref="Errors"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            Finish();
        }

        await Task.WhenAll(_finishing).ConfigureAwait(false);
    }

    private Recorder? RecorderFor(MediaFormat format)
    {
        if (_format is null || !AudioDecoder.AreOfOneLine(format, _format))
        {
            Finish();
            _format = format;
            if (_parts.Count < MaxParts)
            {
                Begin(format);
            }
            else if (_parts.Count == MaxParts && _errors.Count < MaxParts)
            {
                _errors.Add($"{_path}: the codec changed to {format.Name}; after {MaxParts} files nothing more is recorded.");
            }
        }

        return _parts is [.., { IsOpen: true } current] ? current.Recorder : null;
    }

    private void Begin(MediaFormat format)
    {
        var path = _parts.Count == 0 ? _path : $"{_path}-part{_parts.Count + 1}";
        Part? part = (format.Kind, format.Name.ToUpperInvariant()) switch
        {
            (MediaKind.Audio, "OPUS") => Make($"{path}.ogg", static path => new OggOpusRecorder(path)),
            (MediaKind.Audio, "PCMU" or "PCMA" or "CN" or "L16") => Make($"{path}.wav", static path => new WavRecorder(path)),
            (MediaKind.Video, "VP8" or "VP9" or "AV1" or "H264") => Make($"{path}.ivf", static path => new IvfRecorder(path)),
            _ => null,
        };
        if (part is not null)
        {
            _parts.Add(part);
        }
        else if (_errors.Count < MaxParts)
        {
            _errors.Add($"{path}: {format.Name} cannot be recorded.");
        }
    }

    private static Part Make(string path, Func<string, Recorder> make) => new(make(path), path);

    private void Finish()
    {
        if (_parts is [.., { IsOpen: true } current])
        {
            current.IsOpen = false;
            _finishing.Add(current.Recorder.DisposeAsync().AsTask());
        }
    }

    private sealed class Part(Recorder recorder, string path)
    {
        public Recorder Recorder { get; } = recorder;

        public string Path { get; } = path;

        public bool IsOpen { get; set; } = true;
    }
}
