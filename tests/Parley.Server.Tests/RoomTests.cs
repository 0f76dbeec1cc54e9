using System.Text.Json;

namespace Parley.Server.Tests;

/// <summary>Who hears of whom.</summary>
public sealed class RoomTests
{
    [Fact]
    public async Task Join_EmptyRoom_WelcomesWithIdRoomAndNoPeers()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo", "Alice");

        Assert.Equal("demo", alice.Welcome.GetProperty("room").GetString());
        Assert.Equal(0, alice.Welcome.GetProperty("peers").GetArrayLength());
        Assert.NotEmpty(alice.Id);
    }

    [Fact]
    public async Task Join_OthersPresent_WelcomeListsThemInOrderAndTheyHearOfIt()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo", "Alice");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", "Bob");
        await using RawPeer carol = await RawPeer.JoinAsync(server, "demo", "Carol");

        Assert.Equal(
            [(alice.Id, "Alice"), (bob.Id, "Bob")],
            carol.Welcome.GetProperty("peers").EnumerateArray().Select(p =>
                (p.GetProperty("id").GetString()!, p.GetProperty("name").GetString()!)));
        JsonElement first = await alice.ExpectAsync("peer-joined");
        JsonElement second = await alice.ExpectAsync("peer-joined");
        Assert.Equal((bob.Id, "Bob"), (first.GetProperty("id").GetString()!, first.GetProperty("name").GetString()!));
        Assert.Equal((carol.Id, "Carol"), (second.GetProperty("id").GetString()!, second.GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task Join_AnotherRoom_HearsNothingOfThisOne()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "one");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "two");
        Assert.Equal(0, bob.Welcome.GetProperty("peers").GetArrayLength());

        await bob.SendAsync($$"""{"to":"{{alice.Id}}","candidate":null}""");

        await bob.ExpectErrorAsync("unknown-peer");
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>\"&'", "<img src=x onerror=alert(1)>\"&'")]
    [InlineData("  Zoë 👩‍🚀\n", "Zoë 👩‍🚀")]
    [InlineData("a\u0000b\u0007c", "abc")]
    [InlineData("gpj.\u202Eexe", "gpj.exe")]
    [InlineData("\u202A\u202B\u202C\u202D\u2066\u2067\u2068\u2069\u200E\u200F\u061CAda", "Ada")]
    [InlineData("A\u200Bd\uFEFFa\u2028\u2029\u2060", "Ada")]
    [InlineData("\u202E \u202E", "")]
    [InlineData("سارا\u200Cجان", "سارا\u200Cجان")]
    [InlineData("", "")]
    public async Task Name_AnyText_ArrivesAsItWasWithoutControlCharacters(string given, string expected)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo", given);

        string text = (await alice.ReadTextAsync())!;

        Assert.Equal(expected, JsonDocument.Parse(text).RootElement.GetProperty("name").GetString());
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_TooLong_IsCutBetweenCharacters()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo", new string('a', 63) + "😀😀");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");

        Assert.Equal(new string('a', 63), bob.Welcome.GetProperty("peers")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Leave_ByClosing_IsAnnouncedToTheOthers()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");

        await bob.CloseAsync();

        Assert.Equal(bob.Id, (await alice.ExpectAsync("peer-left")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Leave_ByBrokenConnection_IsAnnouncedToTheOthers()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");

        bob.Socket.Abort();

        Assert.Equal(bob.Id, (await alice.ExpectAsync("peer-left")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Leave_LastPeer_RemovesTheRoom()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using (RawPeer alice = await RawPeer.JoinAsync(server, "demo"))
        {
            Assert.Equal(1, server.RoomCount);
            await alice.CloseAsync();
        }

        // The answer to the close frame comes after the room is gone.
        Assert.Equal(0, server.RoomCount);
    }

    [Fact]
    public async Task Room_Full_TellsTheNinthAndKeepsItsSocketOpen()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        var peers = new List<RawPeer>();
        for (int i = 0; i < 8; i++)
        {
            peers.Add(await RawPeer.JoinAsync(server, "demo"));
        }

        await using RawPeer ninth = await RawPeer.ConnectAsync(server, "demo");
        await ninth.ExpectErrorAsync("room-full");
        await ninth.SendAsync($$"""{"to":"{{peers[0].Id}}","candidate":null}""");
        await ninth.ExpectErrorAsync("room-full");

        await peers[7].CloseAsync();
        await using RawPeer tenth = await RawPeer.JoinAsync(server, "demo");
        Assert.Equal(7, tenth.Welcome.GetProperty("peers").GetArrayLength());
        foreach (RawPeer peer in peers)
        {
            await peer.DisposeAsync();
        }
    }

    [Fact]
    public async Task Server_WithAllItsRooms_TellsAndKeepsTheSocketOpen()
    {
        await using ParleyServer server = await TestServer.StartAsync(o => o.MaxRooms = 1);
        await using RawPeer alice = await RawPeer.JoinAsync(server, "one");
        await using RawPeer bob = await RawPeer.ConnectAsync(server, "two");

        await bob.ExpectErrorAsync("server-full");
        await bob.SendAsync("{}");
        await bob.ExpectErrorAsync("server-full");
    }

    [Fact]
    public async Task Join_ManyAtOnceAndLeave_EveryoneHearsOfEveryoneOnceAndNoRoomStays()
    {
        await using ParleyServer server = await TestServer.StartAsync(o => o.RoomCapacity = 32);
        RawPeer[] peers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => RawPeer.JoinAsync(server, "demo")));

        foreach (RawPeer peer in peers)
        {
            var known = peer.Welcome.GetProperty("peers").EnumerateArray().Select(p => p.GetProperty("id").GetString()!).ToList();
            while (known.Count < 31)
            {
                known.Add((await peer.ExpectAsync("peer-joined")).GetProperty("id").GetString()!);
            }

            Assert.Equal(peers.Where(p => p != peer).Select(p => p.Id).Order(), known.Order());
        }

        await Task.WhenAll(peers.Select(DrainAndCloseAsync));
        Assert.Equal(0, server.RoomCount);

        static async Task DrainAndCloseAsync(RawPeer peer)
        {
            await peer.Socket.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            while (await peer.ReadTextAsync() is not null)
            {
            }
        }
    }

    [Fact]
    public async Task Server_Stops_ClosesEverySocketAsGoingAway()
    {
        ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");

        Task stopping = server.DisposeAsync().AsTask();
        Assert.Null(await alice.ReadTextAsync());
        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.EndpointUnavailable, alice.Socket.CloseStatus);
        await stopping;
    }
}
