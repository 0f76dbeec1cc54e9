// Create and exchange, all candidates at once: one message each way, for signaling as slow as two people with paper.
using Parley;
using Parley.Net;

await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);

bob.DataChannelAdded += (_, e) => e.Channel.MessageReceived += (_, m) => e.Channel.Send($"bob heard \"{m.Text}\"");
var channel = alice.CreateDataChannel("chat");
var reply = new TaskCompletionSource<string>();
channel.Opened += (_, _) => channel.Send("hello");
channel.MessageReceived += (_, m) => reply.TrySetResult(m.Text);

await alice.SetLocalDescriptionAsync();
await GatheredAsync(alice);
await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
await bob.SetLocalDescriptionAsync();
await GatheredAsync(bob);
await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);

// LocalDescription grows while candidates are gathered.
Console.WriteLine("alice's description says:");
foreach (var line in alice.LocalDescription!.Sdp.Split("\r\n").Where(line => line.StartsWith("a=candidate:") || line == "a=end-of-candidates"))
{
    Console.WriteLine($"  {line}");
}

Console.WriteLine(await reply.Task.WaitAsync(TimeSpan.FromSeconds(20)));

static async Task GatheredAsync(PeerConnection connection)
{
    var complete = new TaskCompletionSource();
    void Look(object? sender, EventArgs e)
    {
        if (connection.IceGatheringState == IceGatheringState.Complete)
        {
            complete.TrySetResult();
        }
    }

    connection.IceGatheringStateChanged += Look;
    Look(connection, EventArgs.Empty);
    await complete.Task.WaitAsync(TimeSpan.FromSeconds(20));
}
