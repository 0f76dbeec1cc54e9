using Parley.Media;

namespace Parley.Tests.Media;

/// <summary>RFC 7874 §3, RFC 3389: offered for G.711, heard from whoever sends it, and passed on.</summary>
public class ComfortNoiseTests
{
    [Fact]
    public void Offer_OfSound_HasItUnderItsNumberBehindG711_AndItIsNoCodecByItself()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
            var sdp = (await pair.Alice.CreateOfferAsync()).Sdp;
            Assert.Contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8 13 110 126\r\n", sdp, StringComparison.Ordinal);
            Assert.Contains("a=rtpmap:13 CN/8000\r\n", sdp, StringComparison.Ordinal);
            var codecs = RtpReceiver.GetCapabilities(MediaKind.Audio).Codecs;
            Refused.With(RtcErrorNames.InvalidModificationError, () =>
                transceiver.SetCodecPreferences([codecs.Single(codec => codec.MimeType == "audio/CN")]));

            var only = sdp.Replace("111 63 0 8 13 110 126\r\n", "13\r\n", StringComparison.Ordinal);
            await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, only));
            Assert.Contains("m=audio 0 ", (await pair.Bob.CreateAnswerAsync()).Sdp, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Noise_OfASource_ArrivesAsWhatItIsAndLeavesTheFiguresWhole()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var track = new MediaStreamTrack(MediaKind.Audio);
            pair.Alice.AddTrack(track);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var heard = new List<string>();
            using var attachment = pair.Bob.GetReceivers()[0].Track.Attach(new FormatKeeper(heard));
            for (var i = 0; i < 30; i++)
            {
                var isSilent = i % 10 == 9;
                track.Write(
                    new MediaFrame
                    {
                        Format = isSilent ? MediaFormat.ComfortNoise : MediaFormat.Pcmu,
                        Data = isSilent ? new byte[] { 50 } : new byte[160],
                        Timestamp = TimeSpan.FromMilliseconds(20 * i),
                    });
                await pair.Simulator.Delay(TimeSpan.FromMilliseconds(20));
            }

            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal((27, 3), (heard.Count(name => name == "PCMU"), heard.Count(name => name == "CN")));
            var report = await pair.Bob.GetStatsAsync();
            var received = Assert.Single(report.OfType<InboundRtpStreamStats>());
            Assert.Equal((27 * 0.02, 27 * 160), (Math.Round(received.TotalSamplesDuration!.Value, 6), received.TotalSamplesReceived));
            Assert.Equal("audio/PCMU", Assert.IsType<CodecStats>(report[received.CodecId!]).MimeType);
            Assert.Equal(
                27 * 0.02,
                Math.Round((await pair.Alice.GetStatsAsync()).OfType<AudioSourceStats>().Single().TotalSamplesDuration!.Value, 6));
            pair.Alice.Close();
            pair.Bob.Close();
        });
    }

    private sealed class FormatKeeper(List<string> heard) : IMediaSink
    {
        public void OnFrame(MediaStreamTrack track, in MediaFrame frame) => heard.Add(frame.Format.Name);
    }
}
