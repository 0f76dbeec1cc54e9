using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Server.Tests;

/// <summary>A peer that loses its socket and comes back to the same server.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task Welcome_SessionAskedFor_HasATokenAndTheGrace()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo", session: "new");

        Assert.NotEmpty(alice.Token);
        Assert.Equal(30, alice.Welcome.GetProperty("session").GetProperty("grace").GetDouble());
        Assert.False(alice.IsResumed);
    }

    [Fact]
    public async Task Welcome_SessionNotAskedFor_IsAsItWas()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", "Bob");

        Assert.Equal(["id", "peers", "room", "type"], bob.Welcome.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal(["id", "name"], bob.Welcome.GetProperty("peers")[0].EnumerateObject().Select(member => member.Name).Order());
        bob.Socket.Abort();
        await alice.ExpectAsync("peer-joined");
        await alice.ExpectAsync("peer-left");
    }

    [Fact]
    public async Task Vanished_AndBack_MissesNothingAndNobodyNoticed()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo", "Alice");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", "Bob", session: "new");
        await alice.ExpectAsync("peer-joined");

        bob.Socket.Abort();
        for (int i = 0; i < 50; i++)
        {
            await alice.SayAsync(bob.Id, $"{i}");
        }

        // What two sockets send has no order; Carol comes once the server has taken it all.
        await alice.ExpectQuietAsync();
        await using RawPeer carol = await RawPeer.JoinAsync(server, "demo", "Carol");
        await using RawPeer back = await RawPeer.ResumeAsync(server, "demo", bob.Token, received: 0, alice.Id);

        Assert.True(back.IsResumed);
        Assert.Equal(bob.Id, back.Id);
        Assert.Contains((bob.Id, false), carol.Peers);
        for (int i = 0; i < 50; i++)
        {
            await back.ExpectSaidAsync(alice.Id, $"{i}");
        }

        Assert.Equal(carol.Id, (await back.ExpectAsync("peer-joined")).GetProperty("id").GetString());
        await alice.ExpectAsync("peer-joined"); // Carol
        await back.SayAsync(alice.Id, "I was away");
        await alice.ExpectSaidAsync(bob.Id, "I was away");
        await back.ExpectQuietAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task Vanished_HavingReceivedSome_GetsTheRestOnce(int received)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", session: "new");
        for (int i = 0; i < 10; i++)
        {
            await alice.SayAsync(bob.Id, $"{i}");
        }

        // All ten were sent over the first socket; the peer read some of them before it broke.
        for (int i = 0; i < received; i++)
        {
            await bob.ExpectSaidAsync(alice.Id, $"{i}");
        }

        await alice.ExpectAsync("peer-joined");
        await alice.ExpectQuietAsync();
        bob.Socket.Abort();
        await using RawPeer back = await RawPeer.ResumeAsync(server, "demo", bob.Token, received);

        for (int i = received; i < 10; i++)
        {
            await back.ExpectSaidAsync(alice.Id, $"{i}");
        }

        await back.ExpectQuietAsync();
    }

    [Fact]
    public async Task Back_Welcome_SaysHowManyMessagesTheServerTook()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", session: "new");
        await bob.SayAsync(bob.Id, "one");
        await bob.ExpectSaidAsync(bob.Id, "one");
        await bob.SendAsync("{}"); // an error is an answer to a message that was taken
        await bob.ExpectErrorAsync("missing-field");
        await bob.SendAsync("""{"type":"ping","received":2}""");
        Assert.Equal(2, (await bob.ExpectAsync("pong")).GetProperty("received").GetInt64());
        bob.Socket.Abort();

        await using RawPeer back = await RawPeer.ResumeAsync(server, "demo", bob.Token, received: 2);

        Assert.True(back.IsResumed);
        Assert.Equal(2, back.Taken);
        await back.ExpectQuietAsync();
    }

    [Fact]
    public async Task Vanished_ForLongerThanTheGrace_LeavesAndIsANewcomerWhenItComes()
    {
        var time = new FakeTimeProvider();
        await using ParleyServer server = await TestServer.StartAsync(time: time);
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", "Bob", session: "new");
        await alice.ExpectAsync("peer-joined");

        bob.Socket.Abort();
        JsonElement left = await WhileTimePassesAsync(time, alice.ReadAsync());

        Assert.Equal(("peer-left", bob.Id), (left.GetProperty("type").GetString()!, left.GetProperty("id").GetString()!));
        await using RawPeer back = await RawPeer.ResumeAsync(server, "demo", bob.Token, received: 0, alice.Id);
        Assert.False(back.IsResumed);
        Assert.Equal([(alice.Id, false)], back.Peers);
        Assert.Equal(bob.Id, (await alice.ExpectAsync("peer-joined")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Room_WhoseLastPeerVanished_EndsWithTheGrace()
    {
        var time = new FakeTimeProvider();
        await using ParleyServer server = await TestServer.StartAsync(time: time);
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", session: "new");

        bob.Socket.Abort();
        await WhileTimePassesAsync(time, Task.Run(async () =>
        {
            while (server.RoomCount > 0)
            {
                await Task.Delay(10);
            }

            return true;
        }));

        Assert.Equal(0, server.WaitingBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closed_ByThePeer_LeavesAtOnceUnlessItSaysThatItComesBack(bool comesBack)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", session: "new");
        await alice.ExpectAsync("peer-joined");

        await bob.Socket.CloseOutputAsync(
            comesBack
                ? (System.Net.WebSockets.WebSocketCloseStatus)4000
                : System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        if (comesBack)
        {
            await using RawPeer back = await RawPeer.ResumeAsync(server, "demo", bob.Token, received: 0);
            Assert.True(back.IsResumed);
            await back.SayAsync(alice.Id, "here");
            await alice.ExpectSaidAsync(bob.Id, "here");
        }
        else
        {
            await alice.ExpectAsync("peer-left");
        }
    }

    [Fact]
    public async Task Back_WhileTheOldSocketStillLives_TakesItsPlace()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", session: "new");
        await alice.ExpectAsync("peer-joined");

        await using RawPeer back = await RawPeer.ResumeAsync(server, "demo", bob.Token, received: 0);
        await using RawPeer again = await RawPeer.ResumeAsync(server, "demo", bob.Token, received: 0);

        Assert.True(back.IsResumed && again.IsResumed);
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(bob.ReadTextAsync);
        await alice.SayAsync(bob.Id, "to the new one");
        await again.ExpectSaidAsync(alice.Id, "to the new one");
        await alice.ExpectQuietAsync();
    }

    [Fact]
    public async Task Back_WithTheTokenOfAnotherRoom_IsSomebodyElse()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer bob = await RawPeer.JoinAsync(server, "one", session: "new");

        await using RawPeer thief = await RawPeer.ResumeAsync(server, "two", bob.Token, received: 0);

        Assert.NotEqual(bob.Id, thief.Id);
        Assert.False(thief.IsResumed);
    }

    [Theory]
    [InlineData("""{"to":"x","candidate":null}""")]
    [InlineData("""{"type":"resume"}""")]
    [InlineData("""{"type":"resume","token":"short","received":0,"peers":[]}""")]
    [InlineData("""{"type":"resume","token":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","received":-1,"peers":[null,"","x"]}""")]
    [InlineData("""{"type":"ping","received":0}""")]
    [InlineData("hello")]
    public async Task Back_WithNothingToGoOnWith_IsANewcomer(string first)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.ConnectAsync(server, "demo", session: "resume");

        await bob.SendAsync(first);

        JsonElement welcome = await bob.ExpectAsync("welcome");
        Assert.False(welcome.GetProperty("session").GetProperty("resumed").GetBoolean());
        Assert.Equal(welcome.GetProperty("id").GetString(), (await alice.ExpectAsync("peer-joined")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Away_WithMoreWaitingThanIsKept_Leaves()
    {
        await using ParleyServer server = await TestServer.StartAsync(o => o.OutgoingMessages = 10);
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", session: "new");
        await alice.ExpectAsync("peer-joined");
        bob.Socket.Abort();

        Task<JsonElement> left = alice.ReadAsync();
        while (!left.IsCompleted)
        {
            await alice.SayAsync(bob.Id, "where are you?");
            await Task.Delay(5);
        }

        Assert.Equal("peer-left", (await left).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Peer_ThatReadsButNeverAcknowledges_IsServedOn()
    {
        await using ParleyServer server = await TestServer.StartAsync(o => (o.OutgoingMessages, o.MessageBurst) = (10, 1_000));
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", session: "new");

        for (int i = 0; i < 100; i++)
        {
            await bob.ExpectQuietAsync();
        }

        // What it would miss is not kept any more, so that it cannot come back as the same.
        bob.Socket.Abort();
        await using RawPeer back = await RawPeer.ResumeAsync(server, "demo", bob.Token, received: 1);
        Assert.False(back.IsResumed);
    }

    private static async Task<T> WhileTimePassesAsync<T>(FakeTimeProvider time, Task<T> task)
    {
        long began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!task.IsCompleted && System.Diagnostics.Stopwatch.GetElapsedTime(began) < Patience.Limit)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        return await task.WaitAsync(TimeSpan.FromSeconds(1));
    }
}
