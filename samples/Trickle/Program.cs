// Create and exchange, with candidates that trickle: each goes to the other side as soon as it is found.
using Parley;
using Parley.Net;

// Two peers of one process on 127.0.0.1. What is handed from one to the other here goes over your signaling elsewhere.
await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);

void Trickle(string name, PeerConnection from, PeerConnection to) => from.IceCandidateGathered += (_, e) =>
{
    var found = e.Candidate switch { null => "all there is", { Candidate: "" } => "the last of this generation", var one => one.Candidate };
    Console.WriteLine($"{name} found {found}");
    _ = to.AddIceCandidateAsync(e.Candidate?.ToInit());
};
Trickle("alice", alice, bob);
Trickle("bob", bob, alice);

bob.DataChannelAdded += (_, e) => e.Channel.MessageReceived += (_, m) => e.Channel.Send($"bob heard \"{m.Text}\"");
var channel = alice.CreateDataChannel("chat");
var reply = new TaskCompletionSource<string>();
channel.Opened += (_, _) => channel.Send("hello");
channel.MessageReceived += (_, m) => reply.TrySetResult(m.Text);

// A description is on its way before it is set locally: candidates come from then on, and none overtakes it.
var offer = await alice.CreateOfferAsync();
await Task.WhenAll(bob.SetRemoteDescriptionAsync(offer), alice.SetLocalDescriptionAsync(offer));
var answer = await bob.CreateAnswerAsync();
await Task.WhenAll(alice.SetRemoteDescriptionAsync(answer), bob.SetLocalDescriptionAsync(answer));
Console.WriteLine($"exchanged: alice is {alice.SignalingState.ToW3CName()}, bob is {bob.SignalingState.ToW3CName()}");

Console.WriteLine(await reply.Task.WaitAsync(TimeSpan.FromSeconds(20)));
