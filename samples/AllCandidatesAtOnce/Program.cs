// Create and exchange, all candidates at once: one message each way, for signaling as slow as two people with paper.
using System.Text.Json;
using Parley;
using Parley.Net;

await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);

bob.DataChannelAdded += (_, e) => e.Channel.MessageReceived += (_, m) => e.Channel.Send($"bob heard \"{m.Text}\"");
var channel = alice.CreateDataChannel("chat");
var reply = new TaskCompletionSource<string>();
channel.Opened += (_, _) => channel.Send("hello");
channel.MessageReceived += (_, m) => reply.TrySetResult(m.Text);

// The messages are what a page writes: JSON.stringify(pc.localDescription).
var offer = JsonSerializer.Serialize(await alice.SetLocalDescriptionAndGatherAsync(), ParleyJsonContext.Default.SessionDescription);
await bob.SetRemoteDescriptionAsync(JsonSerializer.Deserialize(offer, ParleyJsonContext.Default.SessionDescription)!);
var answer = JsonSerializer.Serialize(await bob.SetLocalDescriptionAndGatherAsync(), ParleyJsonContext.Default.SessionDescription);
await alice.SetRemoteDescriptionAsync(JsonSerializer.Deserialize(answer, ParleyJsonContext.Default.SessionDescription)!);

Console.WriteLine("alice's description says:");
foreach (var line in alice.LocalDescription!.Sdp.Split("\r\n").Where(line =>
    line.StartsWith("a=candidate:") || line == "a=end-of-candidates"))
{
    Console.WriteLine($"  {line}");
}

Console.WriteLine(await reply.Task.WaitAsync(TimeSpan.FromSeconds(20)));
