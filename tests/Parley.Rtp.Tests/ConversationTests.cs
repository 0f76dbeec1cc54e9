using Parley.Net;

namespace Parley.Rtp.Tests;

public class ConversationTests
{
    [Fact]
    public void OpusAndVp8_BothSend_ArriveWholeAndReported()
    {
        var pair = new Pair();
        var audio = pair.A.Session.AddOutbound(new() { Mid = "0", Codecs = [Media.Opus], Extensions = Media.Ids });
        var video = pair.A.Session.AddOutbound(new() { Mid = "1", Codecs = [Media.Vp8], Extensions = Media.Ids, RtxSsrc = new(77) });
        pair.B.Session.AddInbound(new() { Mid = "0", Codecs = [Media.Opus], Extensions = Media.Ids });
        pair.B.Session.AddInbound(new() { Mid = "1", Codecs = [Media.Vp8], Extensions = Media.Ids });
        var sentVideo = new List<byte[]>();
        for (var i = 0; i < 150; i++)
        {
            Assert.True(
                audio.Send(
                    new()
                    {
                        PayloadType = Media.Opus.PayloadType,
                        Timestamp = new((uint)i * 960),
                        Data = Media.Body(i, 80),
                        AudioLevel = 30,
                    }, pair.Now));
            if (i % 2 == 0)
            {
                sentVideo.Add(Media.Vp8Frame(i, 5000, i == 0));
                Assert.True(
                    video.Send(
                        new()
                        {
                            PayloadType = Media.Vp8.PayloadType,
                            Timestamp = new((uint)i * 1800),
                            Data = sentVideo[^1],
                            IsKeyFrame = i == 0,
                        }, pair.Now));
            }

            pair.Run(TimeSpan.FromMilliseconds(20));
        }

        pair.Run(TimeSpan.FromSeconds(2));
        var sound = pair.B.Frames.Where(frame => frame.Codec == "opus").ToList();
        var pictures = pair.B.Frames.Where(frame => frame.Codec == "VP8").ToList();
        Assert.Equal(150, sound.Count);
        Assert.Equal(sentVideo, pictures.Select(frame => frame.Data));
        Assert.True(sound[0].Marker);
        Assert.All(sound.Skip(1), frame => Assert.False(frame.Marker));
        Assert.All(sound, frame => Assert.Equal((byte)30, frame.AudioLevel!.Value));
        Assert.True(pictures[0].IsKeyFrame);
        Assert.Equal((640, 360), (pictures[0].Width, pictures[0].Height));
        Assert.All(pictures, frame => Assert.True(frame.IsDecodable));
        Assert.Equal(2, pair.B.Count(RtpEventKind.StreamAdded));
        Assert.True(video.Statistics.RoundTripTimeMeasurements > 0);
        Assert.InRange(video.Statistics.RoundTripTime!.Value.TotalMilliseconds, 39.9, 40.1);
        Assert.Equal("a@parley", pictures[0].Stream.CanonicalName);
        Assert.NotNull(sound[^1].CapturedAt);
    }
}
