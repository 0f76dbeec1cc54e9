using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Parley.Server.Tests;

/// <summary>What passes between peers, and what does not.</summary>
public sealed class RelayTests
{
    [Theory]
    [InlineData(
        """{"to":"$","description":{"type":"offer","sdp":"v=0\r\n"}}""", """{"from":"#","description":{"type":"offer","sdp":"v=0\r\n"}}""")]
    [InlineData(
        """{ "candidate" : {"candidate":"candidate:1 1 udp 1 127.0.0.1 9 typ host","sdpMid":"0"} , "to" : "$" }""",
        """{"from":"#","candidate" : {"candidate":"candidate:1 1 udp 1 127.0.0.1 9 typ host","sdpMid":"0"}}""")]
    [InlineData(
        """{ "candidate" : {"candidate":"","sdpMLineIndex":0,"usernameFragment":"abcd"} , "to" : "$" }""",
        """{"from":"#","candidate" : {"candidate":"","sdpMLineIndex":0,"usernameFragment":"abcd"}}""")]
    [InlineData("""{"to":"$","candidate":null}""", """{"from":"#","candidate":null}""")]
    [InlineData("""{"\u0074o":"$","candidate":1e400,"mine":[{"to":"x"}]}""", """{"from":"#","candidate":1e400,"mine":[{"to":"x"}]}""")]
    [InlineData("""{"to":"nobody","candidate":null,"to":"$"}""", """{"from":"#","candidate":null}""")]
    public async Task Message_ToAPeer_ArrivesWithFromInsteadOfToAndOtherwiseUntouched(string sent, string expected)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");

        await bob.SendAsync(sent.Replace("$", alice.Id, StringComparison.Ordinal));

        await alice.ExpectAsync("peer-joined");
        Assert.Equal(expected.Replace("#", bob.Id, StringComparison.Ordinal), await alice.ReadTextAsync());
    }

    [Theory]
    [InlineData("""{"to":"$","from":"somebody","candidate":null}""")]
    [InlineData("""{"to":"$","candidate":null,"fr\u006fm":"somebody"}""")]
    [InlineData("""{"type":"peer-left","id":"somebody","to":"$","candidate":null}""")]
    public async Task Message_PretendingToBeFromAnother_ArrivesFromItsSender(string sent)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");

        await bob.SendAsync(sent.Replace("$", alice.Id, StringComparison.Ordinal));

        JsonElement message = await alice.ReadAsync();
        Assert.Equal(bob.Id, Assert.Single(message.EnumerateObject(), p => p.Name == "from").Value.GetString());
        Assert.False(message.TryGetProperty("type", out _));
    }

    [Fact]
    public async Task Messages_Many_ArriveInOrder()
    {
        const int Count = 400;
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");

        for (int i = 0; i < Count; i++)
        {
            await bob.SendAsync($$$"""{"to":"{{{alice.Id}}}","candidate":{"candidate":"{{{i}}}"}}""");
        }

        for (int i = 0; i < Count; i++)
        {
            Assert.Equal($"{i}", (await alice.ReadAsync()).GetProperty("candidate").GetProperty("candidate").GetString());
        }
    }

    [Fact]
    public async Task Message_OfExactlyTheLimit_Passes_AndOneByteMore_IsRefused()
    {
        const int Limit = 256 * 1024;
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");
        string start = $$"""{"to":"{{alice.Id}}","candidate":" """;

        await bob.SendAsync(start.PadRight(Limit - 2, 'x') + "\"}");
        Assert.Equal(bob.Id, (await alice.ReadAsync()).GetProperty("from").GetString());

        await bob.SendAsync(start.PadRight(Limit - 1, 'x') + "\"}");
        await bob.ExpectErrorAsync("too-large");
        await bob.SendAsync(new byte[3 * 1024 * 1024], WebSocketMessageType.Text);
        await bob.ExpectErrorAsync("too-large");

        await ExpectStillServedAsync(bob, alice);
    }

    [Theory]
    [InlineData("not-json", "")]
    [InlineData("not-json", "hello")]
    [InlineData("not-json", "[]")]
    [InlineData("not-json", "null")]
    [InlineData("not-json", "\"to\"")]
    [InlineData("not-json", "{")]
    [InlineData("not-json", """{"to":"$","candidate":null""")]
    [InlineData("not-json", """{"to":"$","candidate":null}}""")]
    [InlineData("not-json", """{"to":"$","candidate":null} {}""")]
    [InlineData("not-json", """{"to":"$","candidate":nul}""")]
    [InlineData("not-json", """{"to":"$",}""")]
    [InlineData("not-json", """{"\ud800":1,"to":"$","candidate":null}""")]
    [InlineData("missing-field", "{}")]
    [InlineData("missing-field", """{"to":"$"}""")]
    [InlineData("missing-field", """{"to":7,"candidate":null}""")]
    [InlineData("missing-field", """{"to":null,"candidate":null}""")]
    [InlineData("missing-field", """{"to":{"id":"$"},"candidate":null}""")]
    [InlineData("missing-field", """{"description":{"type":"offer","sdp":""}}""")]
    [InlineData("missing-field", """{"x":{"to":"$","candidate":null}}""")]
    [InlineData("unknown-peer", """{"to":"","candidate":null}""")]
    [InlineData("unknown-peer", """{"to":"nobody","candidate":null}""")]
    [InlineData("unknown-peer", """{"to":"$x","candidate":null}""")]
    public async Task Message_Bad_IsAnsweredByItsErrorAndTheSocketStaysOpen(string code, string sent)
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");

        await bob.SendAsync(sent.Replace("$", alice.Id, StringComparison.Ordinal));

        await bob.ExpectErrorAsync(code);
        await ExpectStillServedAsync(bob, alice);
    }

    [Fact]
    public async Task Message_Binary_IsAnErrorAndTheSocketStaysOpen()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");

        await bob.SendAsync(Encoding.UTF8.GetBytes($$"""{"to":"{{alice.Id}}","candidate":null}"""), WebSocketMessageType.Binary);

        await bob.ExpectErrorAsync("not-json");
        await ExpectStillServedAsync(bob, alice);
    }

    [Fact]
    public async Task Message_TooDeep_IsAnErrorAndTheSocketStaysOpen()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");
        await using RawPeer bob = await RawPeer.JoinAsync(server, "demo");
        await alice.ExpectAsync("peer-joined");

        await bob.SendAsync($$"""{"to":"{{alice.Id}}","candidate":{{new string('[', 100_000)}}""");

        await bob.ExpectErrorAsync("not-json");
        await ExpectStillServedAsync(bob, alice);
    }

    [Fact]
    public async Task Message_ToOneself_ComesBack()
    {
        await using ParleyServer server = await TestServer.StartAsync();
        await using RawPeer alice = await RawPeer.JoinAsync(server, "demo");

        await alice.SendAsync($$"""{"to":"{{alice.Id}}","candidate":null}""");

        Assert.Equal(alice.Id, (await alice.ReadAsync()).GetProperty("from").GetString());
    }

    private static async Task ExpectStillServedAsync(RawPeer sender, RawPeer receiver)
    {
        await sender.SendAsync($$"""{"to":"{{receiver.Id}}","candidate":"still here"}""");
        Assert.Equal("still here", (await receiver.ReadAsync()).GetProperty("candidate").GetString());
    }
}
