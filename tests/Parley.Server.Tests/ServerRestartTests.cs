using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Server.Tests;

/// <summary>Members that come back to a server which was started anew and knows nobody.</summary>
public sealed class ServerRestartTests
{
    [Fact]
    public async Task Members_WhoKnowEachOther_AreTheSameAndNobodyIsAnnounced()
    {
        (string alice, string bob, string aliceId, string bobId) = await BeforeAsync();
        await using ParleyServer server = await TestServer.StartAsync();

        await using RawPeer backAlice = await RawPeer.ResumeAsync(server, "demo", alice, received: 1, bobId);
        await backAlice.SayAsync(bobId, "before you are back");
        await backAlice.ExpectQuietAsync();
        await using RawPeer backBob = await RawPeer.ResumeAsync(server, "demo", bob, received: 0, aliceId);

        Assert.Equal((aliceId, bobId), (backAlice.Id, backBob.Id));
        Assert.Equal([(aliceId, true)], backBob.Peers);
        await backBob.ExpectSaidAsync(aliceId, "before you are back");
        await backBob.SayAsync(aliceId, "I am back");
        await backAlice.ExpectSaidAsync(bobId, "I am back");
    }

    [Fact]
    public async Task Member_WhoDoesNotComeBack_IsAnnouncedAsLeftAfterTheGrace()
    {
        var time = new FakeTimeProvider();
        (string alice, _, _, string bobId) = await BeforeAsync();
        await using ParleyServer server = await TestServer.StartAsync(time: time);

        await using RawPeer backAlice = await RawPeer.ResumeAsync(server, "demo", alice, received: 1, bobId);
        await backAlice.ExpectQuietAsync();
        time.Advance(TimeSpan.FromSeconds(29));
        await backAlice.ExpectQuietAsync();
        time.Advance(TimeSpan.FromSeconds(2));

        JsonElement left = await backAlice.ExpectAsync("peer-left");
        Assert.Equal(bobId, left.GetProperty("id").GetString());
        await backAlice.SayAsync(bobId, "gone");
        await backAlice.ExpectErrorAsync("unknown-peer");
    }

    [Fact]
    public async Task Member_WhoForgotTheOther_BeginsAnewWithIt()
    {
        (string alice, string bob, string aliceId, string bobId) = await BeforeAsync();
        await using ParleyServer server = await TestServer.StartAsync();

        await using RawPeer backAlice = await RawPeer.ResumeAsync(server, "demo", alice, received: 1, bobId);
        await using RawPeer backBob = await RawPeer.ResumeAsync(server, "demo", bob, received: 0);

        Assert.Equal([(aliceId, false)], backBob.Peers);
        Assert.Equal(bobId, (await backAlice.ExpectAsync("peer-left")).GetProperty("id").GetString());
        Assert.Equal(bobId, (await backAlice.ExpectAsync("peer-joined")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Newcomer_HearsNothingOfThoseWhoAreExpected()
    {
        (string alice, string bob, string aliceId, string bobId) = await BeforeAsync();
        await using ParleyServer server = await TestServer.StartAsync(o => o.RoomCapacity = 2);

        await using RawPeer backAlice = await RawPeer.ResumeAsync(
            server, "demo", alice, received: 1, [bobId, .. Enumerable.Range(0, 100).Select(n => $"nobody{n}")]);
        await using RawPeer carol = await RawPeer.JoinAsync(server, "demo", "Carol");

        Assert.Equal([(aliceId, false)], carol.Peers);
        await backAlice.ExpectAsync("peer-joined");
        await using RawPeer late = await RawPeer.ConnectAsync(server, "demo", session: "resume");
        await late.SendAsync(JsonSerializer.Serialize(new { type = "resume", token = bob, received = 0, peers = Array.Empty<string>() }));
        await late.ExpectErrorAsync("room-full");
    }

    private static async Task<(string Alice, string Bob, string AliceId, string BobId)> BeforeAsync()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo", "Alice", session: "new");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", "Bob", session: "new");
        return (alice.Token, bob.Token, alice.Id, bob.Id);
    }
}
