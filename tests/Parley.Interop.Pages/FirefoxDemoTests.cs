using Parley.Interop.Peers;

namespace Parley.Interop.Pages;

/// <summary>A newcomer with Firefox: <c>parley demo</c> as a process of its own, and the page.</summary>
public sealed class FirefoxDemoTests(InteropReport report)
{
    [Fact]
    public async Task Demo_FirefoxCallsAfterTheHostHasOffered_SeesHearsHoldsAndResumes()
    {
        await using ForeignProcess demo = ParleyProgram.Start("demo", "--port", "0");
        string line = await demo.WaitForLineAsync("Parley's host is in ", Until.Limit);
        await using Firefox firefox = await Firefox.StartAsync();
        var page = new FirefoxCallPage(firefox);
        await page.OpenAsync(new Uri(line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal))), "Ada");

        // The host offers by itself when nobody calls: sound, pictures and the chat are then up already.
        await page.WaitAsync("parley.peers.length === 1 && parley.peers[0].channelOpen && parley.peers[0].signaling === 'stable'");
        await page.PressAsync("Call");
        await page.ExpectDirectionAsync("sendrecv");
        await page.WaitAsync("parley.peers[0].connection === 'connected'");
        await page.ExpectVideoAsync(frames: 20);
        await page.ExpectSoundAsync();
        long sent = await page.PacketsSentAsync();
        await page.WaitAsync(
            $"(await parley.stats(parley.peers[0].id)).some((s) => s.type === 'outbound-rtp' && s.kind === 'video' && s.packetsSent > 0)");
        await page.ExpectVideoAsync(frames: 3);
        Assert.True(await page.PacketsSentAsync() > sent);

        // On hold the page only receives, and sends no packet.
        await page.SayAsync("/hold");
        await page.ExpectChatAsync("You are on hold.");
        await page.ExpectDirectionAsync("recvonly");
        await page.WaitAsync("parley.peers[0].heldByPeer");
        await Until.AtRestAsync(page.PacketsSentAsync, () => page.ExpectVideoAsync(frames: 3), "packets of the page on hold");
        await page.ExpectSoundAsync();

        // The picture is still there afterwards.
        await page.SayAsync("/resume");
        await page.ExpectChatAsync("You are off hold.");
        await page.ExpectDirectionAsync("sendrecv");
        await page.ExpectVideoAsync(frames: 20);
        await page.ExpectSoundAsync();
        Assert.Empty(firefox.Errors);

        demo.Interrupt();
        Assert.Equal(0, await demo.WaitForExitAsync(Until.Limit));
        report.Add(
            $"Firefox {firefox.Version}",
            "`parley demo`: a call to the host after the host has offered",
            "640x360 decoded, tune heard, hold and resume; the picture goes on");
    }
}
