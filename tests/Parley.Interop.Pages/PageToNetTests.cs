using Parley.Interop.Peers;
using Parley.Media;
using Parley.Server;

namespace Parley.Interop.Pages;

/// <summary>The real page in Chromium and a .NET peer in one room: each thing a call does, counted on both sides.</summary>
public sealed class PageToNetTests(Browser browser, InteropReport report)
{
    private string Chromium => $"Chromium {browser.Version}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_SoundAndPicturesBothWays_CountedAndRecorded(bool netJoinsFirst)
    {
        await using var room = await Pair.JoinAsync(browser, "media", netJoinsFirst);
        (CallPage page, NetCall call, string host) = room;
        await page.PressAsync("Call");
        await page.ExpectConnectedAsync();
        await call.ExpectConnectedAsync();
        Assert.Equal(!netJoinsFirst, call.Negotiation.IsPolite);

        // The page sees the test card at its size, and hears the tune.
        await page.ExpectVideoAsync(host, frames: 20);
        await page.ExpectSoundAsync(host);
        await page.WaitStatsAsync(host, "stats.find((s) => s.type === 'inbound-rtp' && s.kind === 'audio')?.totalAudioEnergy > 0");
        await page.WaitAsync(
            $"(() => {{ const v = document.querySelector('#peer-{host} video'); return v.videoWidth === 640 && v.videoHeight === 360; "
            + $"}})()");

        // The host gets the fake camera and microphone whole.
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);
        await call.Video.ExpectMoreAsync(30);
        await call.Audio.ExpectMoreAsync(100);
        Assert.True(call.Video.KeyFrames >= 1, call.ToString());
        Loss.ExpectNone(call.Video.Gaps, call.ToString());
        Assert.Equal((640, 480), call.Video.Size);
        Loss.ExpectNone((await call.PacketsReceivedAsync(MediaKind.Video)).Lost, call.ToString());
        string loss = Loss.ExpectNone((await call.PacketsReceivedAsync(MediaKind.Audio)).Lost, call.ToString());

        // What was received can be recorded and read.
        DirectoryInfo directory = Directory.CreateTempSubdirectory("parley");
        try
        {
            string ivf = Path.Combine(directory.FullName, "camera.ivf");
            int frames = call.Video.WriteIvf(ivf);
            Assert.Equal(new Ffprobe("vp8", frames, 640, 480), await Ffprobe.ReadAsync(ivf));
            string ogg = Path.Combine(directory.FullName, "microphone.ogg");
            Assert.True(call.Audio.WriteOgg(ogg) >= TimeSpan.FromSeconds(2));
            Assert.Equal("opus", (await Ffprobe.ReadAsync(ogg)).Codec);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        room.ExpectNoErrors();
        report.Add(
            Chromium,
            $"sound and pictures both ways, {(netJoinsFirst ? "Parley" : "the page")} first in the room",
            $"the page decodes 640x360 and hears the tune; Parley receives {call.Video}, {call.Audio.Frames} packets of sound, {loss}; "
            + "ffprobe reads both recordings");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HoldAndResume_FromEitherSide_PacketsStopAndStart(bool netJoinsFirst)
    {
        await using var room = await Pair.JoinAsync(browser, "hold", netJoinsFirst);
        (CallPage page, NetCall call, string host) = room;
        await room.CallAsync();

        // .NET holds: the page only receives, sends nothing, and hears the music.
        await call.HoldAsync();
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendOnly);
        await page.ExpectDirectionAsync("audio", "recvonly");
        await page.ExpectDirectionAsync("video", "recvonly");
        await page.WaitAsync("parley.peers[0].heldByPeer");
        await Until.AtRestAsync(
            () => Task.FromResult((long)call.Audio.Frames + call.Video.Frames),
            () => page.ExpectVideoAsync(host, frames: 15),
            "frames of the page on hold");
        await page.ExpectSoundAsync(host);
        await call.ResumeAsync();
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);
        await page.ExpectDirectionAsync("audio", "sendrecv");
        await page.ExpectDirectionAsync("video", "sendrecv");
        await call.Audio.ExpectMoreAsync(25);
        await call.Video.ExpectMoreAsync(10);

        // The page holds: .NET only receives, the tune and the card, and sends nothing.
        await page.PressAsync("Hold");
        await call.ExpectDirectionAsync(RtpTransceiverDirection.RecvOnly);
        await Until.AtRestAsync(
            async () => await call.PacketsSentAsync(MediaKind.Audio) + await call.PacketsSentAsync(MediaKind.Video),
            () => Task.WhenAll(call.Audio.ExpectMoreAsync(50), call.Video.ExpectMoreAsync(3)),
            "packets of Parley on hold");
        await page.PressAsync("Resume");
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);
        await page.ExpectVideoAsync(host);
        await page.ExpectSoundAsync(host);
        await call.Video.ExpectMoreAsync(10);

        // Both hold: nothing goes either way until both resume.
        await call.HoldAsync();
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendOnly);
        await page.PressAsync("Hold");
        await call.ExpectDirectionAsync(RtpTransceiverDirection.Inactive);
        await page.PressAsync("Resume");
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendOnly);
        await call.ResumeAsync();
        await call.ExpectDirectionAsync(RtpTransceiverDirection.SendRecv);
        await room.ExpectMediaBothWaysAsync();

        room.ExpectNoErrors();
        report.Add(
            Chromium,
            $"hold and resume from either side and from both, {(netJoinsFirst ? "Parley" : "the page")} first in the room",
            "directions follow on both sides; packets stop and start; hold music is heard");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Glare_EveryRoundOnPurpose_EndsWholeAndEqual(bool netJoinsFirst)
    {
        const int Rounds = 6;
        await using var room = await Pair.JoinAsync(browser, "glare", netJoinsFirst);
        (CallPage page, NetCall call, string host) = room;
        await room.CallAsync();
        int before = call.Negotiation.Collisions;

        for (int round = 0; round < Rounds; round++)
        {
            // Neither hears of the other's offer before it has made its own.
            call.Signaling.Shut();
            bool hold = round % 2 == 0;
            await Task.WhenAll(page.PressAsync(hold ? "Hold" : "Resume"), hold ? call.HoldAsync() : call.ResumeAsync());
            await call.WaitAsync(() => call.Connection.SignalingState == SignalingState.HaveLocalOffer, "an offer of ours");
            await page.WaitAsync("parley.peers[0].signaling === 'have-local-offer'");
            call.Signaling.Open();
            await call.ExpectDirectionAsync(hold ? RtpTransceiverDirection.Inactive : RtpTransceiverDirection.SendRecv);
            string expected = hold ? "inactive" : "sendrecv";
            await page.ExpectDirectionAsync("audio", expected);
            await page.ExpectDirectionAsync("video", expected);
        }

        Assert.True(call.Negotiation.Collisions - before >= Rounds, call.ToString());
        Assert.True(await page.ReadAsync<int>("parley.peers[0].collisions") >= Rounds);
        await call.ExpectConnectedAsync();
        await Task.WhenAll(
            page.ExpectVideoAsync(host), page.ExpectSoundAsync(host), call.Video.ExpectMoreAsync(5), call.Audio.ExpectMoreAsync(25));
        Assert.Equal(
            call.Connection.GetTransceivers().Select(t => t.Mid).Order(),
            (await page.ReadAsync<string[]>("parley.peers[0].transceivers.map((t) => t.mid)")).Order());
        room.ExpectNoErrors();
        report.Add(
            Chromium,
            $"offers crossing on purpose, {(netJoinsFirst ? "the page" : "Parley")} polite",
            $"{Rounds} rounds, each with crossed offers, end stable with equal transceivers and media both ways");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RestartIce_InMidCallFromEitherSide_MediaGoesOn(bool netJoinsFirst)
    {
        await using var room = await Pair.JoinAsync(browser, "restart", netJoinsFirst);
        (CallPage page, NetCall call, _) = room;
        await room.CallAsync();

        foreach (bool byPage in new[] { true, false })
        {
            (string own, string remote) = (Ufrag(call.Connection.CurrentLocalDescription), Ufrag(call.Connection.CurrentRemoteDescription));
            if (byPage)
            {
                await page.PressAsync("Restart ICE");
            }
            else
            {
                call.Connection.RestartIce();
            }

            await call.WaitAsync(
                () => call.Connection.SignalingState == SignalingState.Stable
                    && Ufrag(call.Connection.CurrentLocalDescription) != own
                    && Ufrag(call.Connection.CurrentRemoteDescription) != remote,
                "new credentials on both sides");
            await call.ExpectConnectedAsync();
            await page.ExpectConnectedAsync();
            string inUse = Ufrag(call.Connection.CurrentLocalDescription);
            await page.WaitStatsAsync(
                await page.OtherAsync(),
                $"(() => {{ const t = stats.find((s) => s.type === 'transport'); const p = stats.find((s) => s.id === "
                + $"t?.selectedCandidatePairId); return stats.find((s) => s.id === p?.remoteCandidateId)?.usernameFragment === '{inUse}'; "
                + $"}})()");
            await room.ExpectMediaBothWaysAsync();
        }

        string loss = Loss.ExpectNone((await call.PacketsReceivedAsync(MediaKind.Audio)).Lost, call.ToString());
        room.ExpectNoErrors();
        report.Add(
            Chromium,
            $"ICE restart in mid-call from either side, {(netJoinsFirst ? "Parley" : "the page")} first in the room",
            $"new credentials in use on both sides; media goes on; of the packets of sound {loss}");
    }

    [Fact]
    public async Task HangUp_ByThePage_IsNoticedAtOnce()
    {
        await using var room = await Pair.JoinAsync(browser, "hangup", netJoinsFirst: true);
        (CallPage page, NetCall call, _) = room;
        await room.CallAsync();

        await page.PressAsync("Hang up");

        await call.Left.Task.WaitAsync(Until.Limit);
        await call.WaitAsync(
            () => call.Transceiver(MediaKind.Audio).Receiver.Transport?.State == DtlsTransportState.Closed, "DTLS closed by the peer");
        room.ExpectNoErrors();
        report.Add(Chromium, "hang up by the page", "the peer is gone from the room and its DTLS is closed");
    }

    [Fact]
    public async Task HangUp_ByNet_ThePageMayCallAgain()
    {
        await using var room = await Pair.JoinAsync(browser, "hangup", netJoinsFirst: true);
        (CallPage page, NetCall call, _) = room;
        await room.CallAsync();

        await call.DisposeAsync();

        // The page hears close_notify and makes a new connection ready.
        await page.WaitAsync("parley.peers.length === 1 && parley.peers[0].connection === 'new'");
        Assert.Equal(PeerConnectionState.Closed, call.Connection.ConnectionState);
        room.ExpectNoErrors();
        report.Add(Chromium, "hang up by Parley", "the page hears the close and is ready to call again");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Text_BothWays_ShortAndLong(bool netJoinsFirst)
    {
        const string Hello = "Grüße <b>Host</b> 👋";
        await using var room = await Pair.JoinAsync(browser, "text", netJoinsFirst);
        (CallPage page, NetCall call, _) = room;
        await room.CallAsync();

        await page.SayAsync(Hello);
        await call.WaitAsync(() => call.Texts.Contains(Hello), "the page's text");
        await page.ExpectChatAsync("host", $"echo: {Hello}");
        call.Channels.First(channel => channel.ReadyState == DataChannelState.Open).Send("and back");
        await page.ExpectChatAsync("host", "and back");

        // A long one, in many packets each way.
        string large = string.Concat(Enumerable.Range(0, 3_900).Select(n => (char)('a' + n % 26)));
        await page.SayAsync(large);
        await page.ExpectChatAsync("host", $"echo: {large}");
        room.ExpectNoErrors();
        report.Add(
            Chromium,
            $"text both ways, {(netJoinsFirst ? "Parley" : "the page")} first in the room",
            "short and 3,900 characters long, each echoed whole");
    }

    private static string Ufrag(SessionDescription? description) =>
        description?.Sdp.Split("\r\n").FirstOrDefault(line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal))?[12..] ?? "";
}
