using System.Text.Json;
using Parley.Interop.Peers;
using Parley.Server;

namespace Parley.Interop.Pages;

/// <summary>A newcomer's path: <c>parley demo</c> as a process of its own, and the page in Chromium.</summary>
public sealed class DemoTests(Browser browser, InteropReport report)
{
    [Fact]
    public async Task Demo_ANewcomersCall_SeesHearsChatsHoldsAndHangsUp()
    {
        await using ForeignProcess demo = ParleyProgram.Start("demo", "--port", "0");
        string line = await demo.WaitForLineAsync("Parley's host is in ");
        var address = new Uri(line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)));
        Assert.Equal("?room=demo", address.Query);
        await using CallPage page = await browser.OpenAsync(address, "demo", "Ada");
        string host = await page.OtherAsync();

        // Seen and heard.
        await page.PressAsync("Call");
        await page.ExpectConnectedAsync();
        await page.ExpectVideoAsync(host, frames: 20);
        await page.WaitAsync(
            $"(() => {{ const v = document.querySelector('#peer-{host} video'); return v.videoWidth === 640 && v.videoHeight === 360; "
            + $"}})()");
        await page.ExpectSoundAsync(host);
        await page.ExpectDirectionAsync("audio", "sendrecv");
        await page.ExpectDirectionAsync("video", "sendrecv");
        await demo.WaitForLineAsync("Ada connected: ");

        // Repeats what is written, and gives back what it hears.
        await page.SayAsync("Grüße <b>Host</b> 👋");
        await page.ExpectChatAsync("Host", "Grüße <b>Host</b> 👋");
        await page.SayAsync("/echo on");
        await page.ExpectChatAsync("Host", "You hear yourself now.");
        await page.ExpectSoundAsync(host);
        await page.SayAsync("/echo off");
        await page.ExpectChatAsync("Host", "You hear the tune now.");

        // On hold the page only receives, and sends no packet.
        await page.SayAsync("/hold");
        await page.ExpectChatAsync("Host", "You are on hold.");
        await page.ExpectDirectionAsync("audio", "recvonly");
        await page.WaitAsync("parley.peers[0].heldByPeer");
        await Until.AtRestAsync(
            () => page.PacketsSentAsync(host), () => page.ExpectVideoAsync(host, frames: 3), "packets of the page on hold");
        await page.ExpectSoundAsync(host);
        await page.SayAsync("/resume");
        await page.ExpectChatAsync("Host", "You are off hold.");
        await page.ExpectDirectionAsync("audio", "sendrecv");
        await page.ExpectDirectionAsync("video", "sendrecv");
        await page.ExpectVideoAsync(host);

        // It hangs up, and may be called again.
        await page.SayAsync("/bye");
        await page.WaitAsync("parley.peers.length === 1 && parley.peers[0].connection === 'new'");
        await page.PressAsync("Call");
        await page.ExpectConnectedAsync();
        await page.ExpectVideoAsync(host);
        Assert.Empty(page.Errors);

        demo.Interrupt();
        Assert.Equal(0, await demo.WaitForExitAsync());
        await page.WaitAsync("!parley.self.joined || parley.peers.length === 0");
        report.Add(
            $"Chromium {browser.Version}",
            "`parley demo`: a newcomer's call to the host",
            "640x360 decoded, tune heard, text repeated, own sound back, hold and resume, hung up and called again; Ctrl-C ends it with 0");
    }

    [Fact]
    public async Task Call_WithThePage_RecordsAndReports()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using CallPage page = await browser.OpenAsync(server.Address, "cli", "Ada");
        await page.PressAsync("Call");
        DirectoryInfo directory = Directory.CreateTempSubdirectory("parley");
        try
        {
            await using ForeignProcess call = ParleyProgram.Start(
                "call", "cli", "--server", server.Address.ToString(), "--record",
                directory.FullName, "--say", "hello from a terminal", "--json");
            string peer = await page.OtherAsync();
            await page.ExpectConnectedAsync();
            await page.ExpectVideoAsync(peer, frames: 20);
            await page.ExpectSoundAsync(peer);
            await page.ExpectDirectionAsync("video", "sendrecv");
            await page.WaitAsync("document.getElementById('log').textContent.includes('hello from a terminal')");
            await page.WaitStatsAsync(peer, "stats.find((s) => s.type === 'outbound-rtp' && s.kind === 'video')?.framesSent >= 40");
            call.Interrupt();
            Assert.Equal(0, await call.WaitForExitAsync());

            JsonElement other = JsonDocument.Parse(call.Output[call.Output.IndexOf('{')..]).RootElement.GetProperty("peers")[0];
            JsonElement camera = other.GetProperty("tracks").EnumerateArray().Single(track =>
                track.GetProperty("direction").GetString() == "inbound" && track.GetProperty("kind").GetString() == "video");
            Assert.True(camera.GetProperty("frames").GetInt64() >= 30, camera.ToString());
            Assert.True(camera.GetProperty("keyFrames").GetInt64() >= 1, camera.ToString());
            string loss = Loss.ExpectNone(camera.GetProperty("lost").GetInt64(), camera.ToString());
            Ffprobe pictures = await Ffprobe.ReadAsync(Assert.Single(directory.GetFiles("*.ivf")).FullName);
            Assert.Equal(("vp8", 640, 480), (pictures.Codec, pictures.Width, pictures.Height));
            Ffprobe sound = await Ffprobe.ReadAsync(Assert.Single(directory.GetFiles("*.ogg")).FullName);
            Assert.Equal("opus", sound.Codec);
            Assert.True(pictures.Frames >= 30 && sound.Frames >= 50, $"{pictures} {sound}");
            Assert.Empty(page.Errors);
            report.Add(
                $"Chromium {browser.Version}",
                "`parley call --record --json` with the page",
                $"camera and microphone recorded, {pictures.Frames} pictures and {sound.Frames} packets of sound read by ffprobe; "
                + loss);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
