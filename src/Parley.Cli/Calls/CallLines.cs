namespace Parley.Cli.Calls;

/// <summary>The call where there is no terminal: a line for each thing that happens, and one for each peer now and then.</summary>
internal sealed class CallLines(TextWriter output, MeshCall call)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(string Peer, uint Ssrc), TrackRate> _rates = [];

    public void Tell(string line) => output.WriteLine($"{DateTime.Now:HH:mm:ss} {Printable.Of(line)}");

    /// <summary>Tells until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(Interval, cancellation);
            await TellFiguresAsync();
        }
    }

    /// <summary>Tells how the streams of each peer are doing.</summary>
    public async Task TellFiguresAsync()
    {
        foreach (CallPeer peer in call.Peers)
        {
            PeerReport report = await peer.ReportAsync();
            string tracks = string.Join(", ", report.Tracks.Select(track => Describe(report.Id, track)));
            string state = peer.Leg.Connection.ConnectionState.ToW3CName();
            Tell($"{peer.Leg.PeerName} {state} {TrackRate.Milliseconds(report.RoundTripTime)} {tracks}");
        }
    }

    private string Describe(string peer, TrackReport track)
    {
        if (!_rates.TryGetValue((peer, track.Ssrc), out TrackRate? rate))
        {
            _rates[(peer, track.Ssrc)] = rate = new TrackRate();
        }

        rate.Add(track);
        return $"{track.Direction} {track.Kind} {track.Packets} packets {rate} {track.Lost ?? 0} lost";
    }
}
