using System.Text.RegularExpressions;
using Parley.Interop.Conversations;
using Parley.Interop.Peers;
using Parley.Media;

namespace Parley.Interop.Chromium;

/// <summary>
/// VP9 and AV1 with a bare Chromium: its pictures here, whole and decoded by ffmpeg; the same and those of a file there, decoded by it.
/// </summary>
public sealed class CodecTests(Browser browser, InteropReport report) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("parley-codecs-");

    private string Peer => $"Chromium {browser.Version}";

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("VP9", true)]
    [InlineData("VP9", false)]
    [InlineData("AV1", true)]
    [InlineData("AV1", false)]
    public async Task PicturesOfChromium_ComeWholeAndGoBackToIt(string codec, bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        if (chromiumOffers)
        {
            await talk.Chromium.AddTrackAsync("video");
            await talk.Chromium.DoAsync(
                "pc.getTransceivers()[0].setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs.filter((c) => c.mimeType === "
                + $"'video/{codec}' || c.mimeType === 'video/rtx'))");
            await talk.Net.TakeAsync(await talk.Chromium.OfferAsync());
            Assert.Single(talk.Net.Connection.GetTransceivers()).Direction = RtpTransceiverDirection.SendRecv;
            await talk.Chromium.TakeAsync(await talk.Net.AnswerAsync());
        }
        else
        {
            // What an answerer sends is for the offerer to prefer.
            talk.Net.Connection.AddTransceiver(MediaKind.Video).SetCodecPreferences(
                [.. RtpReceiver.GetCapabilities(MediaKind.Video).Codecs.Where(each =>
                    each.MimeType == $"video/{codec}" || each.MimeType == "video/rtx")]);
            await talk.Chromium.TakeAsync(await talk.Net.OfferAsync());
            await talk.Chromium.AddTrackAsync("video");
            await talk.Net.TakeAsync(await talk.Chromium.AnswerAsync());
        }

        await talk.ExpectConnectedAsync();
        RtpTransceiver video = talk.Net.At("0");
        Assert.Equal($"video/{codec}", video.Receiver.GetParameters().Codecs[0].MimeType);
        MediaTally tally = talk.Net.Tally("0");
        await talk.Net.WaitAsync(() => tally is { Frames: >= 30, KeyFrames: >= 1 }, $"frames of {codec}: {tally}");
        Assert.Equal((320, 240), tally.Size);
        Loss.ExpectNone(tally.Gaps, tally.ToString());

        // What came is what an encoder made: ffmpeg decodes each frame of it.
        string path = Path.Combine(_directory.FullName, "pictures.ivf");
        int written = tally.WriteIvf(path);
        Ffprobe probe = await Ffprobe.ReadAsync(path);
        Assert.Equal((codec, written, 320, 240), (probe.Codec.ToUpperInvariant(), probe.Frames, probe.Width, probe.Height));

        // And back: the relay asks Chromium for a key frame, and Chromium decodes its own pictures as we cut them.
        using var relay = new TrackRelay(video.Receiver.Track);
        await video.Sender.ReplaceTrackAsync(relay.Track);
        await talk.Chromium.ExpectPicturesAsync("0", 30);
        await ExpectDecodedAsync(talk, codec, 320, 240);
        Assert.True(tally.KeyFrames >= 2, $"{tally}");
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"{codec} sent by Chromium and back to it, {(chromiumOffers ? "Chromium" : "Parley")} offers",
            $"{written} frames of 320x240 decoded by ffmpeg, none lost; Chromium decodes what is relayed");
    }

    [Theory]
    [InlineData("VP9", "L2T3", true)]
    [InlineData("VP9", "L2T2_KEY", true)]
    [InlineData("AV1", "L1T3", true)]
    [InlineData("AV1", "L2T1", false)]
    public async Task LayersOfChromium_ComeAsOnePictureAndGoBackToIt(string codec, string mode, bool decodes)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers: true);
        await talk.Chromium.DoAsync(
            $$"""
            const video = pc.addTransceiver(await camera(640, 480), { sendEncodings: [{ scalabilityMode: "{{mode}}" }] });
            const wanted = ["video/{{codec}}", "video/rtx"];
            video.setCodecPreferences(RTCRtpReceiver.getCapabilities("video").codecs.filter((c) => wanted.includes(c.mimeType)));
            """);
        await talk.Net.TakeAsync(await talk.Chromium.OfferAsync());
        RtpTransceiver video = Assert.Single(talk.Net.Connection.GetTransceivers());
        video.Direction = RtpTransceiverDirection.SendRecv;
        using var relay = new TrackRelay(video.Receiver.Track);
        await video.Sender.ReplaceTrackAsync(relay.Track);

        // Nothing estimates the bandwidth for it, so Chromium would stay at the little it begins with, without its higher layers.
        SessionDescription answer = await talk.Net.AnswerAsync();
        await talk.Chromium.TakeAsync(
            answer with
            {
                Sdp = Regex.Replace(answer.Sdp, "(profile-id=0|level-idx=)", "x-google-start-bitrate=2500;x-google-min-bitrate=2000;$1"),
            });
        await talk.ExpectConnectedAsync();
        MediaTally tally = talk.Net.Tally("0");
        await talk.Net.WaitAsync(() => tally is { Frames: >= 30, KeyFrames: >= 1 }, $"frames of {codec}: {tally}");
        Loss.ExpectNone(tally.Gaps, tally.ToString());
        InboundRtpStreamStats inbound = Assert.Single((await talk.Net.Connection.GetStatsAsync()).OfType<InboundRtpStreamStats>());
        Assert.Equal((640, 480), (inbound.FrameWidth, inbound.FrameHeight));
        await talk.Chromium.ExpectPicturesAsync("0", 60);
        if (decodes)
        {
            await ExpectDecodedAsync(talk, codec, 640, 480);
        }

        if (codec == "AV1")
        {
            // Of AV1's spatial layers in one unit Chromium loses some when no dependency descriptor tells them apart; ffmpeg decodes them
            // all.
            string path = Path.Combine(_directory.FullName, "layers.ivf");
            int written = tally.WriteIvf(path);
            Assert.Equal(new Ffprobe("av1", written, 640, 480), await Ffprobe.ReadAsync(path));
        }

        Assert.Equal(mode, await talk.Chromium.ReadAsync<string>("(await stats()).find((s) => s.type === 'outbound-rtp').scalabilityMode"));
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"{codec} of several layers ({mode}) sent by Chromium and back to it",
            $"640x480 received, {tally}; {(decodes ? "Chromium" : "ffmpeg")} decodes all at the full size");
    }

    [Theory]
    [InlineData("VP9", "VP90", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 800k")]
    [InlineData("AV1", "AV01", "-c:v libaom-av1 -usage realtime -cpu-used 8 -b:v 800k")]
    public async Task PicturesOfAFile_AreDecodedByChromium(string codec, string letters, string encoder)
    {
        string path = Path.Combine(_directory.FullName, "card.ivf");
        await using (ForeignProcess ffmpeg = ForeignProcess.Start(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=15:duration=3", .. encoder.Split(' '), "-pix_fmt", "yuv420p",
                "-g", "15", path,
            ]))
        {
            Assert.Equal(0, await ffmpeg.WaitForExitAsync());
        }

        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers: false);
        IvfSource source = IvfSource.Open(path);
        Assert.Equal(letters == "VP90" ? MediaFormat.Vp9 : MediaFormat.Av1, Assert.Single(source.Formats));
        talk.Net.Connection.AddTransceiver(talk.Net.Track(source), new RtpTransceiverInit { Direction = RtpTransceiverDirection.SendOnly });
        await talk.NegotiateAsync();
        await talk.ExpectConnectedAsync();
        await talk.Chromium.ExpectPicturesAsync("0", 60);
        await ExpectDecodedAsync(talk, codec, 640, 360);
        await talk.ExpectNoErrorsAsync();
        report.Add(Peer, $"{codec} from a file, Parley offers", "640x360 decoded by Chromium, over the file's end and its new beginning");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RedundantSoundOfChromium_IsHeardAsWhatItHolds(bool chromiumOffers)
    {
        await using Conversation talk = await Conversation.BeginAsync(browser, chromiumOffers);
        if (chromiumOffers)
        {
            await talk.Chromium.AddTrackAsync("audio");
            await talk.Chromium.DoAsync(
                "pc.getTransceivers()[0].setCodecPreferences(RTCRtpReceiver.getCapabilities('audio').codecs.filter((c) => "
                + "/red|opus/.test(c.mimeType)).reverse())");
            await talk.NegotiateAsync();
        }
        else
        {
            IReadOnlyList<RtpCodec> codecs = RtpReceiver.GetCapabilities(MediaKind.Audio).Codecs;
            talk.Net.Connection.AddTransceiver(MediaKind.Audio, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly })
                .SetCodecPreferences([codecs.Single(c => c.MimeType == "audio/red"), codecs.Single(c => c.MimeType == "audio/opus")]);
            await talk.Chromium.TakeAsync(await talk.Net.OfferAsync());
            await talk.Chromium.AddTrackAsync("audio");
            await talk.Net.TakeAsync(await talk.Chromium.AnswerAsync());
        }

        await talk.ExpectConnectedAsync();
        Assert.Equal("audio/red", talk.Net.At("0").Receiver.GetParameters().Codecs[0].MimeType);
        await talk.Net.ExpectToneAsync("0", 660);
        await talk.Net.ExpectPacketsAsync("0", 100);
        InboundRtpStreamStats inbound = Assert.Single((await talk.Net.Connection.GetStatsAsync()).OfType<InboundRtpStreamStats>());
        MediaTally tally = talk.Net.Tally("0");
        Loss.ExpectNone(tally.Gaps, tally.ToString());

        // Each packet holds the frame before, too; what Chromium sends to probe the path holds none at all.
        Assert.InRange(inbound.BytesReceived, tally.Bytes * 3 / 2, tally.Bytes * 5 / 2);
        Assert.Equal(0, inbound.PacketsDiscarded);
        await talk.ExpectNoErrorsAsync();
        report.Add(
            Peer,
            $"sound with redundancy (RED) from Chromium, {(chromiumOffers ? "Chromium" : "Parley")} offers",
            "the tone heard; each packet holds the frame before, too");
    }

    /// <summary>Chromium says what it decodes, and that nothing of it was lost or in vain.</summary>
    private static async Task ExpectDecodedAsync(Conversation talk, string codec, int width, int height)
    {
        await talk.Chromium.WaitAsync(
            $"(await stats()).some((s) => s.type === 'inbound-rtp' && s.frameWidth === {width} && s.frameHeight === {height})");
        Assert.Equal(
            $"video/{codec}",
            await talk.Chromium.ReadAsync<string>(
                "await (async () => { const all = await stats(); const rtp = all.find((s) => s.type === 'inbound-rtp'); "
                + "return all.find((s) => s.id === rtp.codecId).mimeType; })()"));
        Loss.ExpectNone(await talk.Chromium.ReadAsync<int>("sum(await stats(), 'inbound-rtp', 0, 'packetsLost')"));
        Assert.InRange(
            await talk.Chromium.ReadAsync<int>(
                "sum(await stats(), 'inbound-rtp', 0, 'framesReceived') - sum(await stats(), 'inbound-rtp', 0, 'framesDecoded')"), 0, 5);
    }
}
