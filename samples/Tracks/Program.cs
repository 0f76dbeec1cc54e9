// Tracks: added on one side, announced on the other with their streams, muted until media come, and taken away again.
using Parley;
using Parley.Media;
using Parley.Net;
using Parley.Signaling;

await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);
var (aliceWire, bobWire) = MemorySignalingChannel.CreatePair();
await using var aliceSide = new PerfectNegotiation(alice, aliceWire, polite: true);
await using var bobSide = new PerfectNegotiation(bob, bobWire, polite: false);

var both = new CountdownEvent(2);
var removed = new TaskCompletionSource();
bob.TrackAdded += async (_, e) =>
{
    var (track, stream) = (e.Track, e.Streams[0]);
    Console.WriteLine($"bob: track {track.Kind} of stream {stream.Id}, muted: {track.IsMuted}");
    track.Unmuted += (_, _) => Console.WriteLine($"bob: {track.Kind} flows");
    track.Muted += (_, _) => Console.WriteLine($"bob: {track.Kind} is muted");
    stream.TrackRemoved += (_, gone) =>
    {
        Console.WriteLine($"bob: {gone.Kind} left stream {stream.Id}, which has {stream.Tracks.Count} track");
        removed.TrySetResult();
    };

    var frames = 0;
    await foreach (var frame in track.ReadFramesAsync())
    {
        if (++frames == 10)
        {
            Console.WriteLine($"bob: 10 frames of {frame.Format.Name}");
            both.Signal();
        }
    }
};

var stream = new MediaStream("alice-at-home");
alice.AddTrack(new MediaStreamTrack(MediaKind.Audio, SampleMedia.Tune()), stream);
var video = alice.AddTrack(new MediaStreamTrack(MediaKind.Video, SampleMedia.TestCard()), stream);
if (!both.Wait(TimeSpan.FromSeconds(20)))
{
    throw new TimeoutException("Bob neither hears nor sees alice.");
}

Console.WriteLine("alice takes her video away");
alice.RemoveTrack(video);
await removed.Task.WaitAsync(TimeSpan.FromSeconds(20));
