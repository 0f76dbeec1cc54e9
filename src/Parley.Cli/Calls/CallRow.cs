namespace Parley.Cli.Calls;

/// <summary>What the picture of a call shows of one peer, in words.</summary>
internal sealed record CallRow(
    string Peer, IReadOnlyList<string> States, string Local, string Remote, string RoundTripTime, IReadOnlyList<TrackRow> Tracks);

/// <summary>What it shows of one stream.</summary>
internal sealed record TrackRow(string Name, string Rate, string Lost, string RoundTripTime);
