using Spectre.Console;
using Spectre.Console.Rendering;

namespace Parley.Cli.Calls;

/// <summary>The call as a terminal shows it: a table of peers and tracks, the last lines of what happened, and the keys.</summary>
internal sealed class CallTable(IAnsiConsole console, MeshCall call)
{
    private const int MaxLines = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Queue<string> _lines = new();
    private readonly Dictionary<(string Peer, uint Ssrc), TrackRate> _rates = [];
    private LiveDisplayContext? _live;
    private Table _table = new();

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
        var table = new Table { Border = TableBorder.Rounded, Expand = true };
        table.AddColumns("peer", "state", "path", "track", "rate", "lost", "rtt");
        foreach (CallPeer peer in call.Peers)
        {
            PeerReport report = await peer.ReportAsync();
            PeerConnection connection = peer.Leg.Connection;
            string state = $"{connection.ConnectionState.ToW3CName()} · ice {connection.IceConnectionState.ToW3CName()} · {connection.SignalingState.ToW3CName()}";
            string path = report.Path is { } found ? $"{found.Local} ⇄ {found.Remote}" : $"gathering {connection.IceGatheringState.ToW3CName()}";
            table.AddRow(Cells(peer.Leg.PeerName, state, path, "", "", "", TrackRate.Milliseconds(report.RoundTripTime)));
            foreach (TrackReport track in report.Tracks)
            {
                if (!_rates.TryGetValue((report.Id, track.Ssrc), out TrackRate? rate))
                {
                    _rates[(report.Id, track.Ssrc)] = rate = new TrackRate();
                }

                rate.Add(track);
                string name = $"{(track.Direction == "inbound" ? "in" : "out")} {track.Kind} {track.Codec?.Split('/')[^1]}";
                table.AddRow(Cells("", "", "", name, rate.ToString(), $"{track.Lost}", TrackRate.Milliseconds(track.RoundTripTime)));
            }
        }

        _table = table;
    }

    private static IRenderable[] Cells(params ReadOnlySpan<string> texts)
    {
        var cells = new IRenderable[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            // Never as markup: names and texts are strangers'.
            cells[i] = new Text(texts[i]);
        }

        return cells;
    }

    private Rows Picture()
    {
        string state = (call.IsHeld ? "on hold · " : "") + (call.IsMuted ? "muted · " : "");
        string foot = Keys?.Typing is { } text ? $"> {text}_" : $"{state}h hold · r resume · m mute · t type · q quit";
        return new Rows([_table, .. _lines.Select(line => new Text(line)), new Text(foot, new Style(decoration: Decoration.Dim))]);
    }
}
