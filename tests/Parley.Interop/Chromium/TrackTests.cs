using Parley.Interop.Conversations;
using Parley.Interop.Peers;
using Parley.Media;

namespace Parley.Interop.Chromium;

/// <summary>Tracks that come, go and change, with Chromium in both roles.</summary>
public sealed class TrackTests(Browser browser, InteropReport report)
{
    private string Peer => $"Chromium {browser.Version}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddAndRemove_TenTimes_PacketsStartAndStop(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.CallAsync("audio");
        for (int round = 0; round < 10; round++)
        {
            // In: a section of its own each time, since a sender that has sent is not used again (webrtc-pc §5.1, addTrack) …
            await talk.Offerer.AddTrackAsync(round % 2 == 0 ? "video" : "audio");
            await talk.NegotiateAsync();
            Assert.Equal(round + 2, talk.Net.Connection.GetTransceivers().Count);
            string mid = Assert.Single(
                talk.Net.Connection.GetTransceivers(), t => t.Mid != "0" && t.CurrentDirection != RtpTransceiverDirection.Inactive).Mid!;
            await talk.Answerer.ExpectPacketsAsync(mid, 3);

            // … but the answerer's, which has only received, is.
            await talk.Answerer.AddTrackAsync(round % 2 == 0 ? "video" : "audio");
            await talk.NegotiateBackAsync();
            Assert.Equal(round + 2, talk.Net.Connection.GetTransceivers().Count);
            await talk.Offerer.ExpectPacketsAsync(mid, 3);

            // And out: its packets stop on both sides, while those of the first section go on.
            await talk.Offerer.RemoveTracksAsync(except: "0");
            await talk.Answerer.RemoveTracksAsync(except: "0");
            await talk.NegotiateAsync();
            Assert.Equal(RtpTransceiverDirection.Inactive, talk.Net.At(mid).CurrentDirection);
            await Until.AtRestAsync(
                async () => await talk.Net.PacketsSentAsync(mid) + await talk.Chromium.PacketsSentAsync(mid),
                () => talk.ExpectPacketsBothWaysAsync("0"),
                $"packets of {mid}");
        }

        string loss = Loss.ExpectNone(await talk.Net.PacketsLostAsync(), talk.Net.ToString());
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"tracks added and removed ten times by both, {Who(chromiumOffers)} offers",
            $"30 rounds; packets start and stop each time on both sides; {loss}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReplaceTrack_WithoutNegotiation_TheOtherSoundIsHeard(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.CallAsync("audio");
        await talk.Net.ExpectToneAsync("0", 660);
        await talk.Chromium.ExpectOtherSoundAsync("0", 440);
        int needed = await talk.Chromium.ReadAsync<int>("negotiationNeeded");
        int neededHere = talk.Net.Events.Count(each => each == "negotiationneeded");

        await talk.Chromium.DoAsync("await at(0).sender.replaceTrack(tone(990))");
        await talk.Net.ExpectToneAsync("0", 990);
        await talk.Net.At("0").Sender.ReplaceTrackAsync(talk.Net.Track(SampleMedia.Tone()));
        await talk.Chromium.ExpectToneAsync("0", 440);

        // By none at all nothing is sent.
        await talk.Chromium.DoAsync("await at(0).sender.replaceTrack(null)");
        await talk.Net.At("0").Sender.ReplaceTrackAsync(null);
        await talk.Net.UntilAsync(
            async () =>
            {
                long before = await talk.Net.PacketsSentAsync();
                await Task.Delay(100);
                return before == await talk.Net.PacketsSentAsync();
            }, "silence");
        await talk.Chromium.DoAsync("await at(0).sender.replaceTrack(tone(550))");
        await talk.Net.ExpectToneAsync("0", 550);
        Assert.Equal(needed, await talk.Chromium.ReadAsync<int>("negotiationNeeded"));
        Assert.Equal(neededHere, talk.Net.Events.Count(each => each == "negotiationneeded"));
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"replaceTrack on both sides, {Who(chromiumOffers)} offers",
            "660 Hz becomes 990 Hz for Parley, the tune 440 Hz for Chromium, without negotiation");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Directions_EachInTurnFromBothSides_MirroredAndPacketsFollow(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.CallAsync("audio");
        int rounds = 0;
        foreach (string direction in new[] { "sendonly", "inactive", "recvonly", "sendrecv" })
        {
            foreach (ISide changer in new[] { talk.Offerer, talk.Answerer })
            {
                await changer.SetDirectionAsync("0", direction);
                await (changer == talk.Offerer ? talk.NegotiateAsync() : talk.NegotiateBackAsync());
                bool chromium = changer == talk.Chromium;
                string current = direction switch
                {
                    "sendonly" => chromium ? "recvonly" : "sendonly",
                    "recvonly" => chromium ? "sendonly" : "recvonly",
                    _ => direction,
                };
                await talk.ExpectAsync($"0 audio {current}");
                if (current is "sendrecv" or "sendonly")
                {
                    await talk.Chromium.ExpectPacketsAsync("0");
                }

                if (current is "sendrecv" or "recvonly")
                {
                    await talk.Net.ExpectPacketsAsync("0");
                }

                await changer.SetDirectionAsync("0", "sendrecv");
                await (changer == talk.Offerer ? talk.NegotiateAsync() : talk.NegotiateBackAsync());
                await talk.ExpectPacketsBothWaysAsync("0");
                rounds += 2;
            }
        }

        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"each direction asked for by either side, {Who(chromiumOffers)} offers first",
            $"{rounds} rounds: currentDirection mirrored, packets flow where it says");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stop_OfATransceiver_ItsSectionIsRecycled(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.CallAsync("audio", "video");
        await talk.Offerer.StopAsync("1");
        await talk.NegotiateAsync();
        await talk.ExpectAsync("0 audio sendrecv");
        Assert.Contains("m=video 0 ", talk.Net.Connection.CurrentLocalDescription!.Sdp);

        // A task of its own, queued by the description (Media Capture and Streams §4.3.2): whoever awaited that may run before it.
        await (chromiumOffers
            ? talk.Net.WaitAsync(() => talk.Net.Events.Contains("ended 1"), "ended 1")
            : talk.Chromium.WaitAsync("events.includes('ended 1')"));

        // Another kind in its place, under another mid, by the side that did not stop it.
        await talk.Answerer.AddTrackAsync("audio");
        await talk.NegotiateBackAsync();
        string sdp = talk.Net.Connection.CurrentLocalDescription!.Sdp;
        Assert.Equal(2, sdp.Split("\r\nm=").Length - 1);
        string mid = Mid(sdp, 1);
        Assert.NotEqual("1", mid);
        await talk.Offerer.ExpectPacketsAsync(mid);
        await talk.ExpectPacketsBothWaysAsync("0");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"a transceiver stopped and its section recycled, {Who(chromiumOffers)} stops it",
            "stopped on both sides, its track ended; the same m= line carries sound instead of pictures, under a new mid");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SetStreams_InMidCall_TheOtherSideSeesThem(bool chromiumSets)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumSets);
        await talk.CallAsync("audio");
        if (chromiumSets)
        {
            await talk.Chromium.DoAsync(
                "window.one = new MediaStream(); window.two = new MediaStream(); at(0).sender.setStreams(one, two)");
            await talk.NegotiateAsync();
            string[] ids = await talk.Chromium.ReadAsync<string[]>("[one.id, two.id]");
            foreach (string id in ids)
            {
                Assert.Contains($"a=msid:{id}", talk.Net.Connection.CurrentRemoteDescription!.Sdp);
            }

            Assert.Contains($"track Audio 0 [{ids[0]},{ids[1]}]", talk.Net.Events);
        }
        else
        {
            var one = new MediaStream();
            var two = new MediaStream();
            talk.Net.At("0").Sender.SetStreams(one, two);
            await talk.NegotiateAsync();
            Assert.Contains($"track audio 0 [{one.Id},{two.Id}]", await talk.Chromium.EventsAsync());
        }

        await talk.ExpectPacketsBothWaysAsync("0");
        await talk.ExpectNoErrorsAsync();
        report.Add(Peer, $"setStreams in mid-call, {Who(chromiumSets)} sets", "a track event with both streams at the peer");
    }

    private static string Who(bool chromium) => chromium ? "Chromium" : "Parley";

    private static string Mid(string sdp, int index) =>
        sdp.Split("\r\nm=")[index + 1].Split("\r\n").First(line => line.StartsWith("a=mid:", StringComparison.Ordinal))[6..];
}
