using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Server.Tests;

/// <summary>Peers that vanish, flood, or do not read.</summary>
public sealed class LivenessTests
{
    [Fact]
    public void Defaults_PingAndItsTimeout_AreWithinTenSeconds()
    {
        var options = new SignalingOptions();

        Assert.True(options.PingInterval + options.PingTimeout < TimeSpan.FromSeconds(8));
        Assert.Equal(TimeSpan.FromSeconds(30), options.ResumeGrace);
    }

    [Fact]
    public async Task Peer_SilentToPings_IsAnnouncedAsLeft()
    {
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            o.PingInterval = TimeSpan.FromMilliseconds(100);
            o.PingTimeout = Patience.Of(TimeSpan.FromSeconds(1));
        });
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        Task<JsonElement> joins = alice.ExpectAsync("peer-joined"); // who does not read answers no ping

        // A socket that shakes hands and then says nothing, not even pong, while it stays connected.
        using var ghost = new TcpClient();
        await ghost.ConnectAsync(server.Address.Host, server.Address.Port);
        await ghost.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /rooms/demo HTTP/1.1\r\nHost: {server.Address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        JsonElement joined = await joins;

        Assert.Equal(joined.GetProperty("id").GetString(), (await alice.ExpectAsync("peer-left")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Peer_IdleButAlive_Stays()
    {
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            o.PingInterval = TimeSpan.FromMilliseconds(20);
            o.PingTimeout = Patience.Of(TimeSpan.FromSeconds(2));
        });
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        Task<JsonElement> joins = alice.ExpectAsync("peer-joined");

        // The ghost's leaving marks that many pings passed while Alice was idle, reading, and so answering.
        using var ghost = new TcpClient();
        await ghost.ConnectAsync(server.Address.Host, server.Address.Port);
        await ghost.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /rooms/demo HTTP/1.1\r\nHost: {server.Address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        await joins;
        await alice.ExpectAsync("peer-left");

        await alice.SendAsync("?");
        await alice.ExpectErrorAsync("not-json");
    }

    [Fact]
    public async Task Peer_SendingBeyondTheBurst_IsToldAndSlowedButServed()
    {
        var time = new FakeTimeProvider();
        await using ParleyServer server = await TestServer.StartAsync(o => o.MessageBurst = 10, time);
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");

        for (int i = 0; i < 12; i++)
        {
            await alice.SendAsync("?");
        }

        for (int i = 0; i < 9; i++)
        {
            await alice.ExpectErrorAsync("not-json");
        }

        await alice.ExpectErrorAsync("slow-down");
        Task<JsonElement> next = alice.ReadAsync();
        Assert.False(next.IsCompleted);
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(10);
        }

        Assert.Equal("not-json", (await next).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Peer_FloodingOn_IsClosedForThePolicy()
    {
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            o.MessageBurst = 10;
            o.MessagesPerSecond = 500;
            o.FloodTolerance = TimeSpan.FromMilliseconds(50);
        });
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");
        Task flood = FloodAsync(bob);

        var codes = new List<string>();
        while (await bob.ReadTextAsync() is { } text)
        {
            codes.Add(JsonDocument.Parse(text).RootElement.GetProperty("code").GetString()!);
        }

        Assert.Contains("slow-down", codes);
        Assert.Equal("flood", codes[^1]);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, bob.Socket.CloseStatus);
        Assert.Equal(bob.Id, (await alice.ExpectAsync("peer-left")).GetProperty("id").GetString());
        bob.Socket.Abort();
        await flood;

        static async Task FloodAsync(RawPeer peer)
        {
            try
            {
                while (true)
                {
                    await peer.SendAsync("""{"to":"nobody","candidate":null}""");
                }
            }
            catch (Exception exception)
                when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
            {
            }
        }
    }

    [Fact]
    public async Task Peer_ThatDoesNotRead_IsCutOffAndTheSenderServedOn()
    {
        await using ParleyServer server = await TestServer.StartAsync(o =>
        {
            o.OutgoingBytes = 1024 * 1024;
            o.MessageBurst = 1_000_000;
        });
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");
        string large = $$"""{"to":"{{bob.Id}}","candidate":"{{new string('x', 200_000)}}"}""";

        Task<JsonElement> answer = alice.ReadAsync();
        while (!answer.IsCompleted)
        {
            await alice.SendAsync(large);
        }

        Assert.Equal(bob.Id, (await answer).GetProperty("id").GetString());
    }

    [Fact]
    public void TokenBucket_RefilledToItsHalf_ForgetsThatItWasEmpty()
    {
        var time = new FakeTimeProvider();
        var bucket = new TokenBucket(10, 10, time);

        Assert.Equal(TimeSpan.Zero, bucket.Take(10));
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.Take(10));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(0.5), bucket.Take(5));
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.SlowedFor);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.Zero, bucket.Take(1));
        Assert.Equal(TimeSpan.Zero, bucket.SlowedFor);
    }
}
