using Parley.Media;

namespace Parley.Cli.Calls;

/// <summary>
/// Records what one connection receives: Opus into Ogg, G.711 into WAV, pictures into IVF, a file for each track, and a further one when
/// its codec changes.
/// </summary>
internal sealed class CallRecording : IAsyncDisposable
{
    private readonly List<(TrackRecorder Recorder, IDisposable Attachment)> _recordings = [];
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

    /// <summary>The files there are, of those that were given something to write.</summary>
    public IReadOnlyList<string> Files => [.. _recordings.SelectMany(each => each.Recorder.Files)];

    /// <summary>Why a file is not whole, or is missing, one line for each.</summary>
    public IEnumerable<string> Errors => _recordings.SelectMany(each => each.Recorder.Errors);

    /// <summary>Finishes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach ((TrackRecorder recorder, IDisposable attachment) in _recordings)
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
        var recorder = new TrackRecorder($"{_prefix}-{(track.Kind == MediaKind.Audio ? "audio" : "video")}{suffix}");
        _recordings.Add((recorder, track.Attach(recorder)));
    }
}
