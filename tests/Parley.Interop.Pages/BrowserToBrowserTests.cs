using Parley.Interop.Peers;
using Parley.Server;

namespace Parley.Interop.Pages;

/// <summary>Two Chromium pages in one room of the real server: the page and the signaling without any of Parley's own peers.</summary>
public sealed class BrowserToBrowserTests(Browser browser)
{
    [Fact]
    public async Task Call_WholeLife_TwoPages()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using CallPage alice = await browser.OpenAsync(server.Address, "two", "Alice");
        await using CallPage bob = await browser.OpenAsync(server.Address, "two", "Bob");
        string bobId = await alice.OtherAsync();
        string aliceId = await bob.OtherAsync();
        Assert.False(await alice.ReadAsync<bool>("parley.peers[0].polite"));
        Assert.True(await bob.ReadAsync<bool>("parley.peers[0].polite"));

        // One side calls: the other sees and hears it, and sends nothing itself.
        await alice.PressAsync("Call");
        await bob.ExpectConnectedAsync();
        await bob.ExpectVideoAsync(aliceId);
        await bob.ExpectSoundAsync(aliceId);
        await alice.ExpectDirectionAsync("video", "sendonly");

        // The other calls too: media both ways.
        await bob.PressAsync("Call");
        await alice.ExpectVideoAsync(bobId);
        await alice.ExpectSoundAsync(bobId);
        await alice.ExpectDirectionAsync("audio", "sendrecv");
        await bob.ExpectDirectionAsync("video", "sendrecv");

        // Text both ways, shown as text.
        await alice.SayAsync("Hello <b>Bob</b>");
        await bob.ExpectChatAsync("Alice", "Hello <b>Bob</b>");
        await bob.SayAsync("Grüße, Alice 👋");
        await alice.ExpectChatAsync("Bob", "Grüße, Alice 👋");

        // Hold: the holder sends its tune and hears nothing; the held one only receives.
        await alice.PressAsync("Hold");
        await alice.ExpectDirectionAsync("audio", "sendonly");
        await alice.ExpectDirectionAsync("video", "sendonly");
        await bob.ExpectDirectionAsync("audio", "recvonly");
        await bob.WaitAsync("parley.peers[0].heldByPeer");
        await bob.ExpectSoundAsync(aliceId);
        await bob.ExpectVideoAsync(aliceId, frames: 3);
        await alice.PressAsync("Resume");
        await alice.ExpectDirectionAsync("audio", "sendrecv");
        await bob.ExpectDirectionAsync("video", "sendrecv");
        await alice.ExpectVideoAsync(bobId);

        // Restart in mid-call: new credentials, the media goes on.
        string before =
            await bob.ReadAsync<string>("parley.connection(parley.peers[0].id).currentRemoteDescription.sdp.match(/ice-ufrag:(.*)/)[1]");
        await alice.PressAsync("Restart ICE");
        await bob.WaitAsync(
            $"parley.connection(parley.peers[0].id).currentRemoteDescription.sdp.match(/ice-ufrag:(.*)/)[1] !== '{before}'");
        await bob.ExpectConnectedAsync();
        await bob.ExpectVideoAsync(aliceId);

        // Hang up: announced to the other at once.
        await alice.PressAsync("Hang up");
        await bob.WaitAsync("parley.peers.length === 0");
        await bob.ExpectChatAsync("Alice", "left");
        Assert.Empty(alice.Errors);
        Assert.Empty(bob.Errors);
    }

    [Fact]
    public async Task Call_BothAtTheSameMoment_OffersCrossAndTheCallIsWhole()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using CallPage alice = await browser.OpenAsync(server.Address, "glare", "Alice");
        await using CallPage bob = await browser.OpenAsync(server.Address, "glare", "Bob");
        string bobId = await alice.OtherAsync();
        string aliceId = await bob.OtherAsync();

        await Task.WhenAll(alice.PressAsync("Call"), bob.PressAsync("Call"));

        await Task.WhenAll(
            alice.ExpectVideoAsync(bobId), bob.ExpectVideoAsync(aliceId), alice.ExpectSoundAsync(bobId), bob.ExpectSoundAsync(aliceId));
        await alice.ExpectDirectionAsync("audio", "sendrecv");
        await bob.ExpectDirectionAsync("video", "sendrecv");
        await alice.SayAsync("still here");
        await bob.ExpectChatAsync("Alice", "still here");
        Assert.Empty(alice.Errors);
        Assert.Empty(bob.Errors);
    }

    [Fact]
    public async Task Call_PageWithoutCamera_ReceivesAndChats()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using CallPage alice = await browser.OpenAsync(server.Address, "listen", "Alice");
        await using CallPage bob = await browser.OpenAsync(server.Address, "listen", "Bob", camera: false);
        string aliceId = await bob.OtherAsync();

        await bob.PressAsync("Call");
        await bob.ExpectConnectedAsync();
        await alice.PressAsync("Call");
        await bob.ExpectVideoAsync(aliceId);
        await bob.SayAsync("I see you");
        await alice.ExpectChatAsync("Bob", "I see you");

        // Its hold has music too, and gives back what was before.
        await bob.PressAsync("Hold");
        await bob.ExpectDirectionAsync("audio", "sendonly");
        await bob.ExpectDirectionAsync("video", "inactive");
        await bob.PressAsync("Resume");
        await bob.ExpectDirectionAsync("audio", "recvonly");
        await bob.ExpectDirectionAsync("video", "recvonly");
        Assert.Empty(bob.Errors);
    }

    [Fact]
    public async Task Chat_WithoutACall_OpensAConnectionForIt()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using CallPage alice = await browser.OpenAsync(server.Address, "chat", "Alice");
        await using CallPage bob = await browser.OpenAsync(server.Address, "chat", "Bob");
        await alice.OtherAsync();

        await Task.WhenAll(alice.SayAsync("one"), bob.SayAsync("two"));

        await bob.ExpectChatAsync("Alice", "one");
        await alice.ExpectChatAsync("Bob", "two");
    }

    [Fact]
    public async Task Room_OfThree_IsAMesh()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using CallPage alice = await browser.OpenAsync(server.Address, "three", "Alice");
        await using CallPage bob = await browser.OpenAsync(server.Address, "three", "Bob");
        await alice.PressAsync("Call");
        await bob.PressAsync("Call");
        await bob.ExpectConnectedAsync();
        await using CallPage carol = await browser.OpenAsync(server.Address, "three", "Carol");
        await carol.PressAsync("Call");

        foreach (CallPage page in new[] { alice, bob, carol })
        {
            await page.WaitAsync("parley.peers.length === 2");
            await page.ExpectConnectedAsync();
            foreach (string id in await page.ReadAsync<string[]>("parley.peers.map((p) => p.id)"))
            {
                await page.ExpectVideoAsync(id);
            }
        }
    }
}
