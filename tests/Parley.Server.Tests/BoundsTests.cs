using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Parley.Server.Tests;

/// <summary>Clients that make the server hold or do more than it should.</summary>
public sealed class BoundsTests
{
    [Fact]
    public async Task Peer_ThatReadsNothingButAnswersPings_IsCutOff()
    {
        using var counted = new Counted("parley.signaling.cut", "WriteTimeout");
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            // Neither of the older bounds would notice: so much never waits here, and each ping is answered.
            o.OutgoingBytes = 200 * 1024 * 1024;
            o.MessageBurst = 1_000_000;
            o.WriteTimeout = TimeSpan.FromSeconds(1);
            o.PingInterval = TimeSpan.FromMilliseconds(200);
            o.PingTimeout = TimeSpan.FromMinutes(10);
        });
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        using RawSocket ghost = await RawSocket.JoinAsync(server, "demo", receiveBuffer: 4096);
        string id = (await alice.ExpectAsync("peer-joined")).GetProperty("id").GetString()!;
        string large = new('x', 200_000);

        // The payload of the server's pings counts up, so it is answered without being read.
        byte[] payload = new byte[8];
        Task<JsonElement> left = alice.ReadAsync();
        for (long i = 1; !left.IsCompleted; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(payload, i);
            try
            {
                await ghost.SendFrameAsync(10, payload);
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Cut off.
            }

            if (i < 100)
            {
                await alice.SayAsync(id, large);
            }
            else
            {
                await Task.Delay(20);
            }
        }

        Assert.Equal(("peer-left", id), ((await left).GetProperty("type").GetString()!, (await left).GetProperty("id").GetString()));
        await counted.ExpectAsync();
    }

    [Fact]
    public async Task Outboxes_OfAllPeersTogether_AreBoundedAndTheLargestGoes()
    {
        using var counted = new Counted("parley.signaling.cut", "ServerBudget");
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            o.TotalOutgoingBytes = 3_000_000;
            o.MessageBurst = 1_000_000;
        });
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer away = await RawPeer.JoinAsync(server, "demo", session: "new");
        await using RawPeer small = await RawPeer.JoinAsync(server, "demo", session: "new");
        await alice.ExpectAsync("peer-joined");
        await alice.ExpectAsync("peer-joined");
        away.Socket.Abort();
        small.Socket.Abort();
        await alice.SayAsync(small.Id, "one message");
        string large = new('x', 200_000);

        // Under four megabytes each, which one peer alone may keep waiting.
        for (int i = 0; i < 18; i++)
        {
            await alice.SayAsync(away.Id, large);
        }

        Assert.Equal(away.Id, (await alice.ExpectAsync("peer-left")).GetProperty("id").GetString());
        await counted.ExpectAsync();
        Assert.InRange(server.WaitingBytes, 0, 3_000_000);
        await using RawPeer back = await RawPeer.ResumeAsync(server, "demo", small.Token, received: 0);
        await back.ExpectSaidAsync(alice.Id, "one message");
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public async Task Peer_FloodingWithControlFrames_IsClosedForThePolicy(byte opcode)
    {
        using var counted = new Counted("parley.signaling.cut", "Flood");
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            o.MessageBurst = 20;
            o.MessagesPerSecond = 200;
            o.FloodTolerance = TimeSpan.FromMilliseconds(100);
        });
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        using RawSocket bob = await RawSocket.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");
        Task<byte[]> said = bob.ReadToEndAsync();
        byte[] frame = [(byte)(0x80 | opcode), 0x84, 0, 0, 0, 0, 1, 2, 3, 4];
        byte[] frames = [.. Enumerable.Repeat(frame, 20).SelectMany(each => each)];

        try
        {
            while (!said.IsCompleted)
            {
                await bob.SendAsync(frames);
                await Task.Delay(1);
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Closed.
        }

        await counted.ExpectAsync();
        await alice.ExpectAsync("peer-left");
        Assert.Contains("slow-down", Encoding.UTF8.GetString(await said), StringComparison.Ordinal);
    }

    [Fact]
    public void ControlFrameCounter_BytesInAnyPieces_CountsWhatNeverBecomesAMessage()
    {
        byte[] text = [0x81, 0x83, 1, 2, 3, 4, 9, 9, 9];
        byte[] ping = [0x89, 0x80, 0, 0, 0, 0];
        byte[] pong = [0x8A, 0x82, 0, 0, 0, 0, 7, 7];
        byte[] medium = [0x82, 0xFE, 0x01, 0x00, 0, 0, 0, 0, .. Enumerable.Repeat((byte)0x89, 256)];
        byte[] large = [0x00, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Enumerable.Repeat((byte)0x89, 65_536)];
        byte[] all = [.. text, .. ping, .. medium, .. pong, .. large, .. ping];

        foreach (int piece in (int[])[1, 2, 3, 7, 1000, all.Length])
        {
            var counter = default(ControlFrameCounter);
            int found = 0;
            for (int at = 0; at < all.Length; at += piece)
            {
                found += counter.Take(all.AsSpan(at, Math.Min(piece, all.Length - at)));
            }

            Assert.Equal(3, found);
        }
    }
}
