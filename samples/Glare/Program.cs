// Perfect negotiation: both sides change the call at the same moment, their offers cross, and neither has to care.
using Parley;
using Parley.Media;
using Parley.Net;
using Parley.Signaling;

await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);
var (aliceWire, bobWire) = MemorySignalingChannel.CreatePair();

// Slow signaling: the offers are sure to cross.
aliceWire.Delay = bobWire.Delay = () => Task.Delay(500);
await using var aliceSide = new PerfectNegotiation(alice, aliceWire, polite: true);
await using var bobSide = new PerfectNegotiation(bob, bobWire, polite: false);
aliceSide.Failed += (_, e) => Environment.FailFast("alice's negotiation failed", e.Exception);
bobSide.Failed += (_, e) => Environment.FailFast("bob's negotiation failed", e.Exception);
alice.SignalingStateChanged += (_, _) => Console.WriteLine($"alice, polite: {alice.SignalingState.ToW3CName()}");
bob.SignalingStateChanged += (_, _) => Console.WriteLine($"bob, impolite: {bob.SignalingState.ToW3CName()}");

var heard = new CountdownEvent(2);
Listen("alice", alice);
Listen("bob", bob);
alice.AddTrack(new MediaStreamTrack(MediaKind.Audio, SampleMedia.Tune()));
bob.AddTrack(new MediaStreamTrack(MediaKind.Audio, SampleMedia.Tone()));
if (!heard.Wait(TimeSpan.FromSeconds(30)) || aliceSide.Collisions == 0 || bobSide.Collisions == 0)
{
    throw new InvalidOperationException("The offers did not cross, or the peers do not hear each other.");
}

Console.WriteLine("the offers crossed; alice took hers back, and both hear each other");

void Listen(string name, PeerConnection connection) => connection.TrackAdded += (_, e) => e.Track.Unmuted += (_, _) =>
{
    Console.WriteLine($"{name} hears the other");
    heard.Signal();
};
