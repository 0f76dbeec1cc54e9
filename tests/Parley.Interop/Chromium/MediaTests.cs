using System.Collections.Concurrent;
using Parley.Interop.Conversations;
using Parley.Interop.Peers;
using Parley.Media;

namespace Parley.Interop.Chromium;

/// <summary>Dial tones, simulcast and codecs with a bare Chromium.</summary>
public sealed class MediaTests(Browser browser, InteropReport report)
{
    private string Peer => $"Chromium {browser.Version}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dtmf_FromChromium_EachToneIsCounted(bool chromiumOffers)
    {
        const string Tones = "159D*#";
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.CallAsync("audio");
        var ended = new ConcurrentQueue<DtmfToneEventArgs>();
        talk.Net.At("0").Receiver.ToneEnded += (_, e) => ended.Enqueue(e);
        await talk.Chromium.DoAsync($"at(0).sender.dtmf.insertDTMF('{Tones}', 100, 50)");
        await talk.Net.WaitAsync(() => ended.Count >= Tones.Length, $"{Tones}, but {string.Concat(ended.Select(e => e.Tone))}");
        Assert.Equal(Tones, string.Concat(ended.Select(e => e.Tone)));
        Assert.All(ended, e => Assert.InRange(e.Duration!.Value.TotalMilliseconds, 80, 140));
        await talk.ExpectPacketsBothWaysAsync("0");

        // And ours: it plays to its end, and Chromium takes the packets as of the same stream, losing none.
        var played = new ConcurrentQueue<string>();
        talk.Net.At("0").Sender.Dtmf!.ToneChanged += (_, e) => played.Enqueue(e.Tone);
        talk.Net.At("0").Sender.Dtmf!.InsertDtmf("123", 100, 50);
        await talk.Net.WaitAsync(() => played.Contains(""), "the end of the tones");
        Assert.Equal(["1", "2", "3", ""], played);
        await talk.Chromium.ExpectPacketsAsync("0");
        Assert.Equal(0, await talk.Chromium.ReadAsync<int>("sum(await stats(), 'inbound-rtp', 0, 'packetsLost')"));
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"DTMF both ways, {(chromiumOffers ? "Chromium" : "Parley")} offers",
            $"{Tones} heard tone by tone, {ended.Average(e => e.Duration!.Value.TotalMilliseconds):0} ms each; ours played to their end, no packet lost");
    }

    [Fact]
    public async Task Simulcast_ThreeRidsFromChromium_ReceivedPerRid()
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers: true);
        await talk.Chromium.DoAsync(
            """
            pc.addTransceiver(await camera(1280, 720), { direction: "sendonly", sendEncodings: [
              { rid: "l", scaleResolutionDownBy: 4 }, { rid: "m", scaleResolutionDownBy: 2 }, { rid: "h" } ] });
            """);
        await talk.NegotiateAsync();
        await talk.ExpectConnectedAsync();
        RtpReceiver receiver = talk.Net.At("0").Receiver;
        Assert.Equal(["l", "m", "h"], receiver.Encodings.Select(e => e.Rid));
        MediaTally[] tallies = [.. receiver.Encodings.Select(_ => new MediaTally())];
        for (int i = 0; i < tallies.Length; i++)
        {
            receiver.Encodings[i].Track.Attach(tallies[i]);
            receiver.Encodings[i].Track.RequestKeyFrame();
        }

        await talk.Net.WaitAsync(() => tallies.Take(2).All(t => t is { Frames: >= 10, KeyFrames: >= 1 }), $"frames of each rid: {string.Join("; ", (object[])tallies)}");
        Assert.Equal((320, 180), tallies[0].Size);
        Assert.Equal((640, 360), tallies[1].Size);
        await talk.Net.WaitAsync(() => tallies[2] is { Frames: >= 5, KeyFrames: >= 1 }, $"frames of h: {tallies[2]}");
        Assert.Equal((1280, 720), tallies[2].Size);
        await talk.ExpectNoErrorsAsync();
        report.Add(Peer, "simulcast of three rids sent by Chromium", $"received per rid: l 320x180 {tallies[0]}; m 640x360 {tallies[1]}; h 1280x720 {tallies[2]}");
    }

    [Theory]
    [InlineData("VP8", true)]
    [InlineData("VP8", false)]
    [InlineData("H264", true)]
    [InlineData("H264", false)]
    public async Task CodecPreferences_OfChromium_AreFollowed(string codec, bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        if (!await talk.Chromium.ReadAsync<bool>($"RTCRtpSender.getCapabilities('video').codecs.some((c) => c.mimeType === 'video/{codec}')"))
        {
            return; // This build has no encoder for it.
        }

        string prefer = $"pc.getTransceivers()[0].setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs.filter((c) => c.mimeType === 'video/{codec}'))";
        if (chromiumOffers)
        {
            await talk.Chromium.AddTrackAsync("video");
            await talk.Chromium.DoAsync(prefer);
            await talk.NegotiateAsync();
        }
        else
        {
            talk.Net.Connection.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            await talk.Chromium.TakeAsync(await talk.Net.OfferAsync());
            await talk.Chromium.AddTrackAsync("video");
            await talk.Chromium.DoAsync(prefer);
            await talk.Net.TakeAsync(await talk.Chromium.AnswerAsync());
        }

        await talk.ExpectConnectedAsync();
        Assert.Equal($"video/{codec}", talk.Net.At("0").Receiver.GetParameters().Codecs[0].MimeType);
        await talk.Net.ExpectPacketsAsync("0", 10);
        await talk.Net.WaitAsync(() => talk.Net.Tally("0").Frames >= 5, $"frames of {codec}");
        await talk.ExpectNoErrorsAsync();
        report.Add(Peer, $"setCodecPreferences of Chromium to {codec}, {(chromiumOffers ? "Chromium" : "Parley")} offers", "negotiated and received");
    }
}
