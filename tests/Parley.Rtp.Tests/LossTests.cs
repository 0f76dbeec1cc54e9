using Parley.Net;

namespace Parley.Rtp.Tests;

public class LossTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void Video_TwentyPercentLoss_IsRepairedByNack(ulong seed, bool rtx)
    {
        var pair = new Pair(seed);
        var codec = rtx ? Media.Vp8 : Media.Vp8 with { RtxPayloadType = null };
        var video =
            pair.A.Session.AddOutbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids, RtxSsrc = rtx ? new(77) : null });
        pair.B.Session.AddInbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids });

        // What precedes the first packet that comes is not known to be missing; so let the first frame through.
        var sent = SendVideo(pair, video, codec, 0, 1);
        pair.AtoB.Loss = pair.BtoA.Loss = 0.2;
        pair.AtoB.Duplication = 0.05;
        pair.AtoB.Jitter = TimeSpan.FromMilliseconds(15);
        sent.AddRange(SendVideo(pair, video, codec, 1, 300));
        pair.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(sent, pair.B.Frames.Select(frame => frame.Data));
        var figures = pair.B.Frames[0].Stream.Statistics;
        Assert.True(figures.PacketsRepaired > 150, $"{figures.PacketsRepaired}");
        Assert.Equal(rtx, figures.RetransmittedPacketsReceived > 0);
        Assert.True(figures.PacketsDuplicated > 0);
        Assert.Equal(0, figures.PacketsSkipped);
        Assert.InRange(video.Statistics.RemoteFractionLost, rtx ? 0.02 : 0, 0.5);
    }

    [Fact]
    public void Audio_LossReorderingAndDoubling_ArrivesInOrderWithinTheWait()
    {
        for (ulong seed = 10; seed < 40; seed++)
        {
            var pair = new Pair(seed);
            var audio = pair.A.Session.AddOutbound(new() { Mid = "0", Codecs = [Media.Opus], Extensions = Media.Ids });
            pair.B.Session.AddInbound(new() { Mid = "0", Codecs = [Media.Opus], Extensions = Media.Ids });
            pair.AtoB.Loss = 0.2;
            pair.AtoB.Duplication = 0.1;
            pair.AtoB.Jitter = TimeSpan.FromMilliseconds(50);
            for (var i = 0; i < 200; i++)
            {
                audio.Send(
                    new() { PayloadType = Media.Opus.PayloadType, Timestamp = new((uint)i * 960), Data = Media.Body(i, 60) }, pair.Now);
                pair.Run(TimeSpan.FromMilliseconds(20));
            }

            pair.Run(TimeSpan.FromSeconds(1));
            var sequences = pair.B.Frames.Select(frame => frame.Sequence).ToList();
            Assert.Equal(sequences.Order().Distinct(), sequences);
            Assert.InRange(sequences.Count, 130, 185);
            for (var i = 1; i < sequences.Count; i++)
            {
                Assert.Equal(sequences[i] != sequences[i - 1] + 1, pair.B.Frames[i].FollowsLoss);
            }

            var figures = pair.B.Frames[0].Stream.Statistics;
            Assert.Equal(figures.FramesReceived, sequences.Count);
            Assert.Equal(figures.PacketsReceived, figures.FramesReceived + figures.PacketsDuplicated + figures.PacketsDiscarded);
        }
    }

    [Theory]
    [InlineData(null, 20, 100)]
    [InlineData(0, 20, 21)]
    [InlineData(400, 400, 401)]
    public void Gap_NobodyFills_HoldsUpForTheJitterBufferTarget(int? target, int least, int most)
    {
        var pair = new Pair();
        var sound = pair.A.Session.AddOutbound(new() { Codecs = [Media.Opus] });
        pair.B.Session.AddInbound(
            new() { Codecs = [Media.Opus], JitterBufferTarget = target is { } wanted ? TimeSpan.FromMilliseconds(wanted) : null });
        Send(0);
        pair.AtoB.Drop = packet => !RtpPacketView.IsRtcp(packet);
        Send(1);
        pair.AtoB.Drop = null;
        Send(2);
        var sent = pair.Now;
        while (pair.B.Frames.Count < 2)
        {
            pair.Run(TimeSpan.FromMilliseconds(1));
        }

        // The way takes 20 ms.
        Assert.InRange((pair.Now - sent).TotalMilliseconds - 20, least - 1, most);

        void Send(uint number)
        {
            sound.Send(new() { PayloadType = Media.Opus.PayloadType, Timestamp = new(number * 960), Data = [(byte)number] }, pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public void Video_LossBeyondRepair_AsksForAKeyFrameAndRecovers()
    {
        var pair = new Pair(5);
        var codec = Media.Vp8 with { RtxPayloadType = null, Feedback = RtpFeedback.Pli };
        var video = pair.A.Session.AddOutbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids });
        pair.B.Session.AddInbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids });
        var key = true;
        pair.A.OnEvent = happened => key |= happened.Kind == RtpEventKind.KeyFrameRequested;
        for (var i = 0; i < 100; i++)
        {
            if (i == 50)
            {
                var drops = 1;
                pair.AtoB.Drop = packet => !RtpPacketView.IsRtcp(packet) && drops-- > 0;
            }

            video.Send(
                new()
                {
                    PayloadType = codec.PayloadType,
                    Timestamp = new((uint)i * 3000),
                    Data = Media.Vp8Frame(i, 3000, key),
                    IsKeyFrame = key,
                }, pair.Now);
            key = false;
            pair.Run(TimeSpan.FromMilliseconds(33));
        }

        Assert.Equal(1, video.Statistics.PliCount);
        Assert.Equal(2, video.Statistics.KeyFramesSent);
        Assert.Equal(99, pair.B.Frames.Count);
        var broken = pair.B.Frames.SkipWhile(frame => frame.IsDecodable).TakeWhile(frame => !frame.IsDecodable).ToList();
        Assert.InRange(broken.Count, 1, 5);
        Assert.True(broken[0].FollowsLoss);
        Assert.True(pair.B.Frames[^1].IsDecodable);
        Assert.Equal(1, pair.B.Frames[0].Stream.Statistics.PacketsSkipped);
    }

    [Fact]
    public void H264_LossInTheMiddle_DropsThatFrameOnly()
    {
        var pair = new Pair(6);
        var codec = Media.H264 with { Feedback = RtpFeedback.None };
        var video = pair.A.Session.AddOutbound(new() { Codecs = [codec] });
        pair.B.Session.AddInbound(new() { Codecs = [codec] });
        for (var i = 0; i < 20; i++)
        {
            var packets = 0;
            pair.AtoB.Drop = i == 10 ? packet => !RtpPacketView.IsRtcp(packet) && packets++ == 1 : null;
            byte[] slice = [0, 0, 0, 1, (byte)(i == 0 ? 0x65 : 0x41), .. Enumerable.Repeat((byte)(i + 1), 4000)];
            byte[] frame = i == 0 ? [0, 0, 0, 1, 0x67, 0x42, 0x11, .. slice] : slice;
            Assert.True(
                video.Send(
                    new() { PayloadType = codec.PayloadType, Timestamp = new((uint)i * 3000), Data = frame, IsKeyFrame = i == 0 },
                    pair.Now));
            pair.Run(TimeSpan.FromMilliseconds(33));
        }

        pair.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(19, pair.B.Frames.Count);
        Assert.True(pair.B.Frames[0].IsKeyFrame);
        Assert.True(pair.B.Frames[10].FollowsLoss);
        Assert.False(pair.B.Frames[10].IsDecodable);
        Assert.Equal(12, pair.B.Frames[10].Data[^1]);
    }

    [Fact]
    public void Sequence_ManyWraps_GoesOn()
    {
        var pair = new Pair(7);
        var data = pair.A.Session.AddOutbound(new() { Codecs = [Media.Opus] });
        pair.B.Session.AddInbound(new() { Codecs = [Media.Opus] });
        pair.AtoB.Loss = 0.01;
        pair.AtoB.Jitter = TimeSpan.FromMilliseconds(2);
        for (var i = 0; i < 15_000; i++)
        {
            for (var j = 0; j < 10; j++)
            {
                data.Send(
                    new() { PayloadType = Media.Opus.PayloadType, Timestamp = new((uint)(i * 10 + j) * 96_000), Data = [1] }, pair.Now);
            }

            pair.AtoB.Log.Clear();
            pair.Run(TimeSpan.FromMilliseconds(1));
        }

        pair.Run(TimeSpan.FromSeconds(1));
        var first = pair.B.Frames[0];
        var last = pair.B.Frames[^1];
        Assert.True(last.Sequence - first.Sequence > 149_900);
        Assert.Equal((last.Sequence - first.Sequence) * 96_000, last.ExtendedTimestamp - first.ExtendedTimestamp);
        Assert.InRange(pair.B.Frames.Count, 148_000, 149_000);
    }

    private static List<byte[]> SendVideo(Pair pair, RtpOutbound video, RtpCodec codec, int first, int count)
    {
        var sent = new List<byte[]>();
        for (var i = first; i < first + count; i++)
        {
            sent.Add(Media.Vp8Frame(i, 3000 + i % 7 * 100, i == 0));
            Assert.True(
                video.Send(
                    new() { PayloadType = codec.PayloadType, Timestamp = new((uint)i * 3000), Data = sent[^1], IsKeyFrame = i == 0 },
                    pair.Now));
            pair.Run(TimeSpan.FromMilliseconds(33));
        }

        return sent;
    }
}
