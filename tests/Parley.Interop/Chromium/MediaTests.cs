using System.Collections.Concurrent;
using Parley.Interop.Conversations;
using Parley.Interop.Peers;
using Parley.Media;

namespace Parley.Interop.Chromium;

/// <summary>Dial tones, simulcast, codecs and figures with a bare Chromium.</summary>
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
        string loss = Loss.ExpectNone(await talk.Chromium.ReadAsync<int>("sum(await stats(), 'inbound-rtp', 0, 'packetsLost')"));
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"DTMF both ways, {(chromiumOffers ? "Chromium" : "Parley")} offers",
            $"{Tones} heard tone by tone, {ended.Average(e => e.Duration!.Value.TotalMilliseconds):0} ms each; ours played to their end, "
            + loss);
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

        await talk.Net.WaitAsync(
            () => tallies.Take(2).All(t => t is { Frames: >= 10, KeyFrames: >= 1 }),
            $"frames of each rid: {string.Join("; ", (object[])tallies)}");
        Assert.Equal((320, 180), tallies[0].Size);
        Assert.Equal((640, 360), tallies[1].Size);
        await talk.Net.WaitAsync(() => tallies[2] is { Frames: >= 5, KeyFrames: >= 1 }, $"frames of h: {tallies[2]}");
        Assert.Equal((1280, 720), tallies[2].Size);
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            "simulcast of three rids sent by Chromium",
            $"received per rid: l 320x180 {tallies[0]}; m 640x360 {tallies[1]}; h 1280x720 {tallies[2]}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Statistics_OfBothSides_Agree(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        await talk.CallAsync("audio", "video");
        await Task.WhenAll(talk.ExpectPacketsBothWaysAsync("0"), talk.ExpectPacketsBothWaysAsync("1"));

        // Stopped first, so that nothing is in flight: then what one has sent the other has. Chromium counts the padding it probes with,
        // on the SSRC of the retransmissions, as packets without bytes.
        foreach (string mid in new[] { "0", "1" })
        {
            await talk.Net.At(mid).Sender.ReplaceTrackAsync(null);
            await talk.Chromium.DoAsync($"await at({mid}).sender.replaceTrack(null)");
        }

        long[] ours = [], theirs = [];
        await talk.Net.UntilAsync(
            async () =>
            {
                ours = await OursAsync(talk.Net);
                theirs = await talk.Chromium.ReadAsync<long[]>(Theirs);
                long probes = theirs[6] - ours[6];
                return probes is >= 0 and <= 50 && ours.SequenceEqual([.. theirs[..6], theirs[6] - probes, theirs[7]]);
            },
            () => $"equal figures, but {string.Join(' ', ours)} here and {string.Join(' ', theirs)} there");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"statistics of both sides compared, {(chromiumOffers ? "Chromium" : "Parley")} offers",
            $"sound: {ours[0]} packets and {ours[1]} bytes sent, {ours[2]} and {ours[3]} received; "
            + $"pictures: {ours[4]} and {ours[5]}, {ours[6]} and {ours[7]}: the same there, "
            + $"but for {theirs[6] - ours[6]} packets of padding");
    }

    /// <summary>Chromium has no third encoding to receive: the answer names no rid, and one is sent.</summary>
    [Fact]
    public async Task Simulcast_OfferedToChromium_OneEncodingIsLeft()
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers: false);
        RtpTransceiver transceiver = talk.Net.Connection.AddTransceiver(
            new MediaStreamTrack(MediaKind.Video, SampleMedia.TestCard()),
            new RtpTransceiverInit
            {
                Direction = RtpTransceiverDirection.SendOnly,
                SendEncodings = [new() { Rid = "a" }, new() { Rid = "b" }],
            });
        SessionDescription offer = await talk.Net.OfferAsync();
        Assert.Contains("a=simulcast:send a;b", offer.Sdp, StringComparison.Ordinal);
        await talk.Chromium.TakeAsync(offer);
        SessionDescription answer = await talk.Chromium.AnswerAsync();
        Assert.DoesNotContain("a=simulcast", answer.Sdp, StringComparison.Ordinal);
        await talk.Net.TakeAsync(answer);
        await talk.ExpectConnectedAsync();
        Assert.Single(transceiver.Sender.GetParameters().Encodings);
        await talk.Chromium.ExpectPicturesAsync("0");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer, "simulcast of two rids offered to Chromium, which takes none", "one encoding is left, and its pictures are decoded");
    }

    [Theory]
    [InlineData("audio", "PCMU", true)]
    [InlineData("audio", "PCMU", false)]
    [InlineData("audio", "PCMA", true)]
    [InlineData("audio", "opus", false)]
    [InlineData("video", "VP8", true)]
    [InlineData("video", "H264", false)]
    public async Task CodecPreferences_OfParley_AreFollowed(string kind, string codec, bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        MediaKind media = kind == "audio" ? MediaKind.Audio : MediaKind.Video;
        RtpCodec[] preferred =
            [.. RtpReceiver.GetCapabilities(media).Codecs.Where(each =>
                each.MimeType.Equals($"{kind}/{codec}", StringComparison.OrdinalIgnoreCase))];
        Assert.NotEmpty(preferred);
        if (chromiumOffers)
        {
            await talk.Chromium.AddTrackAsync(kind);
            await talk.Net.TakeAsync(await talk.Chromium.OfferAsync());
            talk.Net.At("0").SetCodecPreferences(preferred);
            await talk.Chromium.TakeAsync(await talk.Net.AnswerAsync());
        }
        else
        {
            talk.Net.Connection.AddTransceiver(
                media, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly }).SetCodecPreferences(preferred);
            await talk.Chromium.TakeAsync(await talk.Net.OfferAsync());
            await talk.Chromium.AddTrackAsync(kind);
            await talk.Net.TakeAsync(await talk.Chromium.AnswerAsync());
        }

        await talk.ExpectConnectedAsync();
        await talk.Net.ExpectPacketsAsync("0", 10);
        string used = await talk.Chromium.ReadAsync<string>(
            "await (async () => { const all = await stats(); return all.find((c) => c.id === all.find((s) => s.type === "
            + "'outbound-rtp').codecId).mimeType; })()");
        Assert.Equal($"{kind}/{codec}", used, ignoreCase: true);
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer, $"SetCodecPreferences of Parley to {codec}, {(chromiumOffers ? "Chromium" : "Parley")} offers", "Chromium sends it");
    }

    [Theory]
    [InlineData("VP8", true)]
    [InlineData("VP8", false)]
    [InlineData("H264", true)]
    [InlineData("H264", false)]
    public async Task CodecPreferences_OfChromium_AreFollowed(string codec, bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        if (!await talk.Chromium.ReadAsync<bool>(
            $"RTCRtpSender.getCapabilities('video').codecs.some((c) => c.mimeType === 'video/{codec}')"))
        {
            await ExpectRefusedAsync(talk, codec, chromiumOffers);
            return;
        }

        string prefer =
            "pc.getTransceivers()[0].setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs.filter((c) => c.mimeType === "
            + $"'video/{codec}'))";
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
        report.Add(
            Peer,
            $"setCodecPreferences of Chromium to {codec}, {(chromiumOffers ? "Chromium" : "Parley")} offers",
            "negotiated and received");
    }

    /// <summary>A build without a codec: a section of that codec alone is refused, and what stands beside it goes on.</summary>
    private async Task ExpectRefusedAsync(Conversation talk, string codec, bool chromiumOffers)
    {
        RtpCodec[] only = [.. RtpReceiver.GetCapabilities(MediaKind.Video).Codecs.Where(each => each.MimeType == $"video/{codec}")];
        Assert.NotEmpty(only);
        if (chromiumOffers)
        {
            await talk.Chromium.AddTrackAsync("audio");
            await talk.Chromium.AddTrackAsync("video");
            SessionDescription offer = await talk.Chromium.OfferAsync();
            Assert.DoesNotContain($" {codec}/", offer.Sdp);
            await talk.Net.TakeAsync(offer);
            talk.Net.At("1").SetCodecPreferences(only);
            await talk.Chromium.TakeAsync(await talk.Net.AnswerAsync());
        }
        else
        {
            talk.Net.Connection.AddTransceiver(MediaKind.Audio, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            talk.Net.Connection.AddTransceiver(
                MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly }).SetCodecPreferences(only);
            await talk.Chromium.TakeAsync(await talk.Net.OfferAsync());
            await talk.Chromium.AddTrackAsync("audio");
            await talk.Net.TakeAsync(await talk.Chromium.AnswerAsync());
        }

        await talk.ExpectConnectedAsync();
        Assert.Single(
            talk.Net.Connection.GetTransceivers(), transceiver => transceiver.CurrentDirection != RtpTransceiverDirection.Stopped);
        Assert.Contains(
            "m=video 0 ",
            (chromiumOffers ? talk.Net.Connection.CurrentLocalDescription : talk.Net.Connection.CurrentRemoteDescription)!.Sdp);
        await talk.Net.ExpectPacketsAsync("0", 10);
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"setCodecPreferences of Chromium to {codec}, {(chromiumOffers ? "Chromium" : "Parley")} offers",
            "skipped: this Chromium has no such codec; a section of it alone is refused, and the sound beside it heard");
    }

    // Of sections 0 and 1: packets and payload bytes sent, packets and payload bytes received.
    private const string Theirs =
        "await (async () => { const all = await stats(); const of = (type, mid, member) => sum(all, type, mid, member); " +
        "return [0, 1].flatMap((mid) => [of('inbound-rtp', mid, 'packetsReceived'), of('inbound-rtp', mid, 'bytesReceived'), "
        + "of('outbound-rtp', mid, 'packetsSent'), of('outbound-rtp', mid, 'bytesSent')]); })()";

    private static async Task<long[]> OursAsync(ParleySide net)
    {
        StatsReport all = await net.Connection.GetStatsAsync();
        return
        [
            .. new[] { "0", "1" }.SelectMany(mid => (long[])
            [
                all.OfType<OutboundRtpStreamStats>().Where(each => each.Mid == mid).Sum(each => each.PacketsSent),
                all.OfType<OutboundRtpStreamStats>().Where(each => each.Mid == mid).Sum(each => each.BytesSent),
                all.OfType<InboundRtpStreamStats>().Where(each => each.Mid == mid).Sum(each => each.PacketsReceived),
                all.OfType<InboundRtpStreamStats>().Where(each => each.Mid == mid).Sum(each => each.BytesReceived),
            ]),
        ];
    }
}
