// Data channels: announced in-band or agreed on, reliable or not; text, bytes, backpressure and closing.
using Parley;
using Parley.Net;
using Parley.Signaling;

var patience = TimeSpan.FromSeconds(20);
await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);
var (aliceWire, bobWire) = MemorySignalingChannel.CreatePair();
await using var aliceSide = new PerfectNegotiation(alice, aliceWire, polite: true);
await using var bobSide = new PerfectNegotiation(bob, bobWire, polite: false);

// Announced in-band: bob hears of it by an event. He reads with await foreach, which holds the sender back when he is slow.
var received = new TaskCompletionSource<long>();
bob.DataChannelAdded += async (_, e) =>
{
    var retransmits = e.Channel.MaxRetransmits?.ToString() ?? "as often as needed";
    Console.WriteLine(
        $"bob was opened a channel: {e.Channel.Label}, id {e.Channel.Id}, ordered {e.Channel.Ordered}, retransmits {retransmits}");
    if (e.Channel.Label == "file")
    {
        var bytes = 0L;
        await foreach (var message in e.Channel.ReadAllAsync())
        {
            bytes += message.Data.Length;
        }

        received.SetResult(bytes);
    }
};
var file = alice.CreateDataChannel("file");
alice.CreateDataChannel("positions", new DataChannelInit { Ordered = false, MaxRetransmits = 0 });

// Agreed on beforehand: each side makes it by itself, with the same id.
var (aliceChat, bobChat) = (Chat(alice), Chat(bob));
var (asked, replied) = (new TaskCompletionSource<string>(), new TaskCompletionSource<byte[]>());
bobChat.MessageReceived += (_, m) => asked.TrySetResult(m.Text);
aliceChat.MessageReceived += (_, m) => replied.TrySetResult(m.Data.ToArray());
await Task.WhenAll(OpenAsync(file), OpenAsync(aliceChat), OpenAsync(bobChat));

aliceChat.Send("what are the first primes?");
Console.WriteLine($"bob is asked: {await asked.Task.WaitAsync(patience)}");
bobChat.Send([2, 3, 5, 7]);
Console.WriteLine($"alice is told: {string.Join(' ', await replied.Task.WaitAsync(patience))}");

// SendAsync waits while much is buffered; Close lets what was sent arrive first.
var chunk = new byte[16 * 1024];
for (var i = 0; i < 200; i++)
{
    await file.SendAsync(chunk);
}

file.Close();
var total = await received.Task.WaitAsync(patience);
Console.WriteLine($"bob has {total} bytes of the file");
return total == 200 * chunk.Length ? 0 : 1;

static DataChannel Chat(PeerConnection connection) =>
    connection.CreateDataChannel("chat", new DataChannelInit { Negotiated = true, Id = 100 });

async Task OpenAsync(DataChannel channel)
{
    var opened = new TaskCompletionSource();
    channel.Opened += (_, _) => opened.TrySetResult();
    if (channel.ReadyState == DataChannelState.Connecting)
    {
        await opened.Task.WaitAsync(patience);
    }
}
