using System.Net.WebSockets;

namespace Parley.Server.Tests;

/// <summary>A test of the process's memory, so that nothing else may run beside it.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;

/// <summary>What the server holds for each peer.</summary>
[Collection(nameof(WholeProcess))]
public sealed class BufferTests
{
    [Fact]
    public async Task Buffers_AfterLargeMessages_AreGivenBack()
    {
        const int Peers = 40;
        await using ParleyServer server = await TestServer.StartAsync(o => (o.RoomCapacity, o.MessageBurst) = (Peers, 100_000));
        var peers = new List<RawPeer>();
        for (int i = 0; i < Peers; i++)
        {
            peers.Add(await RawPeer.JoinAsync(server, $"room{i}"));
            await peers[i].ExpectQuietAsync();
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        byte[] large = new byte[250_000];
        large.AsSpan().Fill((byte)'x');
        foreach (RawPeer peer in peers)
        {
            await peer.SendAsync(large, WebSocketMessageType.Text);
            await peer.ExpectErrorAsync("not-json");
            await peer.ExpectQuietAsync();
        }

        // Each held a buffer of half a megabyte for the rest of its stay: twenty megabytes in all.
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(held, long.MinValue, 5_000_000);
        peers.ForEach(peer => peer.Socket.Dispose());
    }
}
