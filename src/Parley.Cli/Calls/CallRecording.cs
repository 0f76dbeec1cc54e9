using Parley.Media;

namespace Parley.Cli.Calls;

/// <summary>Records what one connection receives: Opus into Ogg, pictures into IVF, a file for each track.</summary>
internal sealed class CallRecording : IAsyncDisposable
{
    private readonly List<(Recorder Recorder, IDisposable Attachment, string Path)> _recordings = [];
    private readonly HashSet<MediaStreamTrack> _recorded = [];
    private readonly string _prefix;

    /// <summary>Records from now on.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="prefix">The beginning of each file's path.</param>
    public CallRecording(PeerConnection connection, string prefix)
    {
        _prefix = prefix;
        connection.TrackAdded += (_, e) => Record(e.Track);
    }

    /// <summary>The files there are, of those recorders that were given something to write.</summary>
    public IReadOnlyList<string> Files => [.. _recordings.Where(each => each.Recorder.Frames > 0).Select(each => each.Path)];

    /// <summary>Why a file is not whole, one line for each.</summary>
    public IEnumerable<string> Errors => _recordings.Where(each => each.Recorder.Error is not null).Select(each => $"{each.Path}: {each.Recorder.Error!.Message}");

    /// <summary>Finishes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach ((Recorder recorder, IDisposable attachment, _) in _recordings)
        {
            attachment.Dispose();
            await recorder.DisposeAsync();
        }
    }

    /// <summary>A name that a file can have, of a stranger's.</summary>
    public static string FileNameOf(string name, string id)
    {
        string safe = new([.. name.Where(each => char.IsAsciiLetterOrDigit(each) || each is '-' or '_').Take(32)]);
        string shortId = new([.. id.Where(char.IsAsciiLetterOrDigit).Take(8)]);
        return safe.Length > 0 ? $"{safe}-{shortId}" : shortId;
    }

    private void Record(MediaStreamTrack track)
    {
        if (!_recorded.Add(track))
        {
            return;
        }

        int more = _recorded.Count(each => each.Kind == track.Kind);
        string suffix = more > 1 ? $"-{more}" : "";
        (Recorder recorder, string path) = track.Kind == MediaKind.Audio
            ? Make($"{_prefix}-audio{suffix}.ogg", static path => new OggOpusRecorder(path))
            : Make($"{_prefix}-video{suffix}.ivf", static path => new IvfRecorder(path));
        _recordings.Add((recorder, track.Attach(recorder), path));
    }

    private static (Recorder Recorder, string Path) Make(string path, Func<string, Recorder> make) => (make(path), path);
}
