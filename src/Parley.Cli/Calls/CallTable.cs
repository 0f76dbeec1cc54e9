using Spectre.Console;

namespace Parley.Cli.Calls;

/// <summary>The call as a terminal shows it: a table of peers and tracks, the last lines of what happened, and the keys.</summary>
internal sealed class CallTable(IAnsiConsole console, MeshCall call)
{
    private const int MaxLines = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Queue<string> _lines = new();
    private readonly Dictionary<(string Peer, uint Ssrc), TrackRate> _rates = [];
    private LiveDisplayContext? _live;
    private IReadOnlyList<CallRow> _rows = [];

    /// <summary>The keys, whose prompt is shown.</summary>
    public CallKeys? Keys { get; set; }

    /// <summary>Adds a line of what happened.</summary>
    public void Tell(string line)
    {
        _lines.Enqueue(line);
        if (_lines.Count > MaxLines)
        {
            _lines.Dequeue();
        }

        Show();
    }

    /// <summary>Shows the call until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => console.Live(Text.Empty).AutoClear(false).StartAsync(async live =>
    {
        _live = live;
        try
        {
            while (true)
            {
                await RefreshAsync();
                Show();
                await Task.Delay(Interval, cancellation);
            }
        }
        finally
        {
            _live = null;
        }
    });

    /// <summary>Draws again what is known.</summary>
    public void Show() => _live?.UpdateTarget(Picture());

    private async Task RefreshAsync()
    {
        var rows = new List<CallRow>();
        foreach (CallPeer peer in call.Peers)
        {
            PeerReport report = await peer.ReportAsync();
            PeerConnection connection = peer.Leg.Connection;
            string[] states =
            [
                connection.ConnectionState.ToW3CName(), $"ice {connection.IceConnectionState.ToW3CName()}",
                connection.SignalingState.ToW3CName(),
            ];
            (string local, string remote) = report.Path is { } path
                ? ($"{path.Local}", $"{path.Remote}")
                : ($"gathering {connection.IceGatheringState.ToW3CName()}", "");
            TrackRow[] tracks = [.. report.Tracks.Select(track => RowOf(report.Id, track))];
            rows.Add(new CallRow(peer.Leg.PeerName, states, local, remote, TrackRate.Milliseconds(report.RoundTripTime), tracks));
        }

        _rows = rows;
    }

    private TrackRow RowOf(string peer, TrackReport track)
    {
        if (!_rates.TryGetValue((peer, track.Ssrc), out TrackRate? rate))
        {
            _rates[(peer, track.Ssrc)] = rate = new TrackRate();
        }

        rate.Add(track);
        string name = $"{(track.Direction == "inbound" ? "in" : "out")} {track.Kind} {track.Codec?.Split('/')[^1]}";
        return new TrackRow(name, rate.ToString(), $"{track.Lost}", TrackRate.Milliseconds(track.RoundTripTime));
    }

    private Rows Picture()
    {
        int width = Math.Max(20, console.Profile.Width);
        string state = (call.IsHeld ? "on hold · " : "") + (call.IsMuted ? "muted · " : "");
        string foot = Keys?.Typing is { } text ? $"> {text}_" : $"{state}h hold · r resume · m mute · t type · q quit";
        return new Rows(
        [
            CallPicture.Of(_rows, width),
            .. _lines.Select(line => CallPicture.Line(line, width)),
            CallPicture.Line(foot, width, new Style(decoration: Decoration.Dim)),
        ]);
    }
}
