using Parley;
using Parley.Media;
using Parley.Signaling;

// Join a room; whoever is in it, or comes, gets a connection of its own, until they leave.
var server = new Uri(args.FirstOrDefault() ?? "http://127.0.0.1:5080");
var connections = new Dictionary<string, PeerConnection>();
await using var room = await SignalingClient.JoinAsync(server, "demo", "Greeter");
await foreach (var happened in room.ReadEventsAsync())
{
    if (happened is PeerLeft left && connections.Remove(left.Peer.Id, out var ended))
    {
        await ended.DisposeAsync();
    }

    if (happened is not PeerJoined { Peer: var peer })
    {
        continue;
    }

    var connection = connections[peer.Id] = new PeerConnection();
    connection.TrackAdded += (_, e) => Console.WriteLine($"{peer.Name} sends {e.Track.Kind}");
    connection.ConnectionStateChanged += (_, _) => Console.WriteLine($"{peer.Name}: {connection.ConnectionState}");
    connection.DataChannelAdded += (_, e) => e.Channel.MessageReceived += (_, m) => e.Channel.Send($"You said: {m.Text}");

    // Offers, answers, candidates and glare are its business: it is the specification's pattern.
    _ = new PerfectNegotiation(connection, peer.Channel, peer.IsPolite);

    var stream = new MediaStream();
    connection.Batch(() =>
    {
        connection.AddTrack(new MediaStreamTrack(MediaKind.Video, SampleMedia.TestCard()), stream);
        connection.AddTrack(new MediaStreamTrack(MediaKind.Audio, SampleMedia.Tune()), stream);
    });
}
