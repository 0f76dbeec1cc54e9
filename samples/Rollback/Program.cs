// Rollback: an offer is taken back, by hand on either side, or by itself when two offers cross.
using Parley;
using Parley.Media;
using Parley.Net;

await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);
alice.SignalingStateChanged += (_, _) => Console.WriteLine($"  alice is {alice.SignalingState.ToW3CName()}");
bob.SignalingStateChanged += (_, _) => Console.WriteLine($"  bob is {bob.SignalingState.ToW3CName()}");
var rollback = new SessionDescription(SdpType.Rollback);

Console.WriteLine("alice offers, and takes her offer back");
var transceiver = alice.AddTransceiver(MediaKind.Audio);
await alice.SetLocalDescriptionAsync();
Expect(transceiver.Mid is not null, "the offer gave the transceiver a mid");
await alice.SetLocalDescriptionAsync(rollback);
Expect(
    transceiver.Mid is null && alice.PendingLocalDescription is null,
    "the rollback took the mid; the transceiver stays, for alice made it");
Expect(alice.GetTransceivers().Count == 1, "she still wants it, and can offer it again");

Console.WriteLine("bob takes alice's offer, and takes that back");
await alice.SetLocalDescriptionAsync();
await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
Expect(bob.GetTransceivers().Count == 1, "alice's offer made a transceiver at bob");
await bob.SetRemoteDescriptionAsync(rollback);
Expect(bob.GetTransceivers().Count == 0, "the rollback took it away, for the offer made it");

Console.WriteLine("both offer at once, and bob gives way: taking alice's offer rolls his own back");
bob.AddTransceiver(MediaKind.Video);
await bob.SetLocalDescriptionAsync();
await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
await bob.SetLocalDescriptionAsync();
await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
Expect(bob.GetTransceivers().Count(each => each.Mid is null) == 1, "bob's video waits for the next round");

await bob.SetLocalDescriptionAsync();
await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
await alice.SetLocalDescriptionAsync();
await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
Expect(Mids(alice) == "0, 1" && Mids(bob) == "0, 1", "both have two sections, with the same mids");

static string Mids(PeerConnection connection) => string.Join(", ", connection.GetTransceivers().Select(each => each.Mid).Order());

static void Expect(bool holds, string what) =>
    Console.WriteLine(holds ? $"  {what}" : throw new InvalidOperationException($"Not so: {what}."));
