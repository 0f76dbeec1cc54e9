namespace Parley.Rtp.Tests.PayloadFormats;

/// <summary>One packet lost at each position in turn: what is handed up is what was sent, and a key frame mends the rest.</summary>
public class LostPacketTests
{
    [Theory]
    [InlineData("VP8")]
    [InlineData("VP9")]
    [InlineData("AV1")]
    [InlineData("H264")]
    public void Loss_AtEachPosition_HandsUpOnlyWhatWasSentAndRecovers(string name)
    {
        var codec = new[]
        {
            Media.Vp8, Media.Vp9, Media.Av1, Media.H264,
        }.Single(each => each.Name == name) with { RtxPayloadType = null, Feedback = RtpFeedback.Pli };
        for (var lost = 1; lost < 24; lost++)
        {
            var pair = new Pair((ulong)lost);
            var video = pair.A.Session.AddOutbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids });
            pair.B.Session.AddInbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids });
            var (packets, key) = (0, true);
            pair.AtoB.Drop = packet => !RtpPacketView.IsRtcp(packet) && packets++ == lost;
            pair.A.OnEvent = happened => key |= happened.Kind == RtpEventKind.KeyFrameRequested;
            var sent = new List<byte[]>();
            for (var i = 0; i < 30; i++)
            {
                // One to five packets long, so that the loss meets first, middle, last and only ones.
                sent.Add(Media.Picture(codec, i, 300 + i * 1300 % 5000, key));
                video.Send(
                    new() { PayloadType = codec.PayloadType, Timestamp = new((uint)i * 3000), Data = sent[i], IsKeyFrame = key }, pair.Now);
                key = false;
                pair.Run(TimeSpan.FromMilliseconds(33));
            }

            var numbers = pair.B.Frames.ConvertAll(frame => sent.FindIndex(each => each.AsSpan().SequenceEqual(frame.Data)));
            Assert.DoesNotContain(-1, numbers);
            Assert.Equal(numbers.Order().Distinct(), numbers);
            Assert.InRange(numbers.Count, 24, 29);
            Assert.Equal(2, video.Statistics.KeyFramesSent);

            // Decodable are those before the loss and those from the second key frame on: a decoder that is given them never lacks a
            // reference.
            var last = -1;
            foreach (var (frame, number) in pair.B.Frames.Zip(numbers))
            {
                Assert.True(!frame.IsDecodable || frame.IsKeyFrame || number == last + 1, $"packet {lost}: frame {number} after {last}");
                last = frame.IsDecodable ? number : last;
                Assert.Equal(frame.IsKeyFrame && name != "H264" ? (640, 360) : (0, 0), (frame.Width, frame.Height));
            }

            Assert.Equal(29, last);
            Assert.Contains(pair.B.Frames, frame => frame.FollowsLoss);
        }
    }

    [Theory]
    [InlineData("VP9")]
    [InlineData("AV1")]
    public void TwentyPercentLoss_IsRepairedByRetransmission(string name)
    {
        var codec = name == "VP9" ? Media.Vp9 : Media.Av1;
        var pair = new Pair(3);
        var video = pair.A.Session.AddOutbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids, RtxSsrc = new(77) });
        pair.B.Session.AddInbound(new() { Mid = "1", Codecs = [codec], Extensions = Media.Ids });
        var sent = new List<byte[]>();
        for (var i = 0; i < 300; i++)
        {
            // What precedes the first packet that comes, and what is last, is not known to be missing: the first and the last frame come
            // through.
            pair.AtoB.Loss = pair.BtoA.Loss = i is 0 or 299 ? 0 : 0.2;
            sent.Add(Media.Picture(codec, i, 200 + i * 977 % 6000, i % 50 == 0));
            video.Send(
                new() { PayloadType = codec.PayloadType, Timestamp = new((uint)i * 3000), Data = sent[i], IsKeyFrame = i % 50 == 0 },
                pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(33));
        }

        pair.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(sent, pair.B.Frames.Select(frame => frame.Data));
        Assert.All(pair.B.Frames, frame => Assert.True(frame.IsDecodable));
    }

    [Fact]
    public void Av1UnitThatEndsInAFragment_IsDroppedAndAKeyFrameAskedFor()
    {
        var pair = new Pair();
        pair.B.Session.AddInbound(new() { Codecs = [Media.Av1] });
        var packet = new byte[100];
        for (ushort i = 0; i < 3; i++)
        {
            // The second says that its last element goes on, and bears the marker.
            byte[] payload = i == 0
                ? [0x28, 10, 0x08, 0, 0, 0, 0x2F, 0xF8, 0x13, 0xF8, 0x0B, 0x38, 0x30, 0x10]
                : [(byte)(i == 1 ? 0x50 : 0x10), 0x30, 0x30];
            var length = new RtpHeaderWriter(packet, Media.Av1.PayloadType, true, new(i), new(i * 3000u), new(9)).Length;
            payload.CopyTo(packet, length);
            pair.B.Session.Receive(packet.AsSpan(0, length + payload.Length), pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(33));
        }

        Assert.Equal([true, false], pair.B.Frames.Select(frame => frame.IsDecodable));
        Assert.True(pair.B.Frames[1].FollowsLoss);
        Assert.Equal((1L, 1L), (pair.B.Frames[0].Stream.Statistics.FramesDropped, pair.B.Frames[0].Stream.Statistics.PliCount));
    }

    [Fact]
    public void Vp9Numbers_GoOnOverARenegotiation()
    {
        var pair = new Pair();
        RtpOutboundOptions options = new() { Mid = "1", Codecs = [Media.Vp9] };
        var video = pair.A.Session.AddOutbound(options);
        for (var i = 0; i < 4; i++)
        {
            video.Send(
                new()
                {
                    PayloadType = Media.Vp9.PayloadType,
                    Timestamp = new((uint)i * 3000),
                    Data = Media.Vp9Frame(i, 100, i == 0),
                    IsKeyFrame = i == 0,
                }, pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(33));
            video.Update(options with { Codecs = [Media.Vp8, Media.Vp9 with { Fmtp = "" }] });
        }

        var numbers = new List<(int Picture, int LevelZero)>();
        foreach (var packet in pair.AtoB.Log.Where(packet => !RtpPacketView.IsRtcp(packet)))
        {
            Assert.True(
                RtpPacketView.TryParse(packet, out var view, out _) && Vp9PayloadDescriptor.TryParse(view.Payload, out var descriptor));
            Vp9PayloadDescriptor.TryParse(view.Payload, out descriptor);
            numbers.Add((descriptor.PictureId, descriptor.TemporalLevelZeroIndex));
        }

        Assert.Equal(Enumerable.Range(0, 4).Select(i => ((numbers[0].Picture + i) & 0x7FFF, (numbers[0].LevelZero + i) & 0xFF)), numbers);
    }
}
