using System.Text.RegularExpressions;
using Parley.Media;

namespace Parley.Tests.Media;

/// <summary>VP9 and AV1 beside VP8 and H.264: offered, chosen, sent and received.</summary>
public class VideoCodecTests
{
    [Fact]
    public void Capabilities_OfVideo_BeginWithVp8AndNameAv1AndVp9()
    {
        foreach (var capabilities in (RtpCapabilities[])
        [
            RtpSender.GetCapabilities(MediaKind.Video), RtpReceiver.GetCapabilities(MediaKind.Video),
        ])
        {
            var names = capabilities.Codecs.Select(codec => $"{codec.MimeType} {codec.SdpFmtpLine}".TrimEnd()).ToList();
            Assert.Equal(["video/VP8", "video/rtx"], names[..2]);
            Assert.Equal(["video/AV1 level-idx=5;profile=0;tier=0", "video/VP9 profile-id=0", "video/VP9 profile-id=2"], names[^3..]);
            Assert.All(names[2..^3], name => Assert.StartsWith("video/H264", name));
        }
    }

    [Fact]
    public void Offer_OfVideo_GivesEachCodecItsRetransmissionAndPrefersVp8()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Video);
            var sdp = (await pair.Alice.CreateOfferAsync()).Sdp;
            var numbers = Regex.Matches(sdp, "a=rtpmap:([0-9]+) (VP8|VP9|AV1|H264)/90000").Select(match => match.Groups[1].Value).ToList();
            Assert.Equal(7, numbers.Count);
            Assert.All(numbers, number => Assert.Matches($"a=fmtp:[0-9]+ apt={number}\r\n", sdp));
            Assert.All(numbers, number => Assert.Contains($"a=rtcp-fb:{number} nack pli\r\n", sdp));
            Assert.Contains("m=video 9 UDP/TLS/RTP/SAVPF 96 97 ", sdp);
        });
    }

    [Theory]
    [InlineData("VP9", "profile-id=0", 320, 180)]
    [InlineData("VP9", "profile-id=2", 640, 360)]
    [InlineData("AV1", "level-idx=5;profile=0;tier=0", 320, 180)]
    public void Pictures_OfEachFormat_GoByTheirPayloadTypeAndTellTheirSize(string name, string parameters, int width, int height)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var format = name == "VP9" ? MediaFormat.Vp9 : MediaFormat.Av1;
            byte[] picture = parameters == "profile-id=2"
                ? Convert.FromHexString("92498342" + "1013F80B38" + "0102030405")
                : BlackFrames.For(format);
            var ended = false;
            var sink = new FrameKeeper();
            var received = sink.Frames;
            var track = new MediaStreamTrack(MediaKind.Video);
            pair.TrickleBothWays();
            pair.Alice.AddTrack(track);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            pair.Bob.GetReceivers()[0].Track.Attach(sink);
            _ = FeedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));

            Assert.InRange(received.Count, 50, 61);
            Assert.All(
                received, frame => Assert.True(frame.Format.Equals(format) && frame.IsKeyFrame && frame.Data.Span.SequenceEqual(picture)));
            var atBob = await pair.Bob.GetStatsAsync();
            var inbound = Assert.Single(atBob.OfType<InboundRtpStreamStats>());
            Assert.Equal((width, height), (inbound.FrameWidth, inbound.FrameHeight));
            Assert.Equal(
                ($"video/{name}", parameters), atBob[inbound.CodecId!] is CodecStats codec ? (codec.MimeType, codec.SdpFmtpLine) : default);
            var atAlice = await pair.Alice.GetStatsAsync();
            Assert.Equal(
                (width, height), (Assert.Single(atAlice.OfType<OutboundRtpStreamStats>()).FrameWidth,
                    Assert.Single(atAlice.OfType<VideoSourceStats>()).Height));

            // Disabled, the track is black in the format it had.
            track.Enabled = false;
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            received.Clear();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(3));
            ended = true;
            Assert.InRange(received.Count, 2, 4);
            Assert.All(
                received, frame => Assert.True(frame.Format.Equals(format) && frame.Data.Span.SequenceEqual(BlackFrames.For(format))));
            pair.Alice.Close();
            pair.Bob.Close();

            async Task FeedAsync()
            {
                var start = pair.Simulator.Now;
                while (!ended)
                {
                    track.Write(
                        new MediaFrame { Format = format, Data = picture, Timestamp = pair.Simulator.Now - start, IsKeyFrame = true });
                    await pair.Simulator.Delay(TimeSpan.FromSeconds(1 / 30.0));
                }
            }
        });
    }

    [Fact]
    public void PayloadTypes_OfALowerLevelAndOfVp9WithoutAProfile_StayInLaterOffers()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Video);
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!.Sdp
                .Replace("level-idx=5;", "level-idx=4;", StringComparison.Ordinal)
                .Replace("a=fmtp:98 profile-id=0\r\n", "", StringComparison.Ordinal);
            await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, Renumbered(offer)));
            await pair.Bob.SetLocalDescriptionAsync();
            var answer = pair.Bob.LocalDescription!.Sdp;
            Assert.Contains("a=rtpmap:50 AV1/90000\r\n", answer);
            Assert.Contains("a=fmtp:50 level-idx=4;profile=0;tier=0\r\n", answer);
            Assert.Contains("a=rtpmap:60 VP9/90000\r\n", answer);

            var again = (await pair.Bob.CreateOfferAsync()).Sdp;
            Assert.Equal(["50"], Regex.Matches(again, "a=rtpmap:([0-9]+) AV1/").Select(match => match.Groups[1].Value));
            Assert.Equal(["60", "100"], Regex.Matches(again, "a=rtpmap:([0-9]+) VP9/").Select(match => match.Groups[1].Value));
        });
    }

    // Only where payload types stand: a fingerprint may end in the same digits.
    private static string Renumbered(string sdp) => Regex.Replace(sdp, "(m=video|a=rtpmap:|a=fmtp:|a=rtcp-fb:)[^\r]*\r", line =>
        Regex.Replace(line.Value, "\\b(45|98)\\b(?=[ \r])", match => match.Value == "45" ? "50" : "60"));
}
