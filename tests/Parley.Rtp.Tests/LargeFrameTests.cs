using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley.Rtp.Tests;

/// <summary>Frames of megabytes: repaired and sent up to the largest that is taken, and none is dropped without a word.</summary>
public class LargeFrameTests
{
    [Theory]
    [InlineData(1_500_000)]
    [InlineData(2_300_000)]
    public void LargeFrame_WithLosses_IsRepaired(int bytes)
    {
        var pair = new Pair();
        var video = pair.A.Session.AddOutbound(new() { Codecs = [Media.Vp8], RtxSsrc = new(77) });
        pair.B.Session.AddInbound(new() { Codecs = [Media.Vp8] });
        Send(0, 100);
        var packets = 0;
        pair.AtoB.Drop = packet => !RtpPacketView.IsRtcp(packet) && packets++ is var at && at % 50 == 7 && at < bytes / 1200;
        Send(1, bytes);
        pair.Run(TimeSpan.FromSeconds(2));
        Assert.Equal([100, bytes], pair.B.Frames.Select(frame => frame.Data.Length));
        Assert.Equal(Media.Vp8Frame(1, bytes, true), pair.B.Frames[1].Data);
        Assert.True(video.Statistics.RetransmittedPacketsSent > 20);

        void Send(int number, int length)
        {
            Assert.True(
                video.Send(
                    new()
                    {
                        PayloadType = Media.Vp8.PayloadType,
                        Timestamp = new((uint)number * 3000),
                        Data = Media.Vp8Frame(number, length, true),
                        IsKeyFrame = true,
                    }, pair.Now));
            pair.Run(TimeSpan.FromMilliseconds(33));
        }
    }

    [Fact]
    public void LargestFrameThatIsTaken_IsSent()
    {
        var pair = new Pair();
        var video = pair.A.Session.AddOutbound(new() { Codecs = [Media.Vp8] });
        pair.B.Session.AddInbound(new() { Codecs = [Media.Vp8] });
        var frame = Media.Vp8Frame(1, 4 << 20, true);
        Assert.True(
            video.Send(new() { PayloadType = Media.Vp8.PayloadType, Timestamp = new(3000), Data = frame, IsKeyFrame = true }, pair.Now));
        pair.Run(TimeSpan.FromMilliseconds(100));
        Assert.Equal(frame, Assert.Single(pair.B.Frames).Data);
    }

    [Fact]
    public void FrameLargerThanTheQueue_IsCountedAndSaidOnce()
    {
        var log = new Lines();
        var session = new RtpSession(Peer.Options(), RandomSource.Seeded(1), log);
        var video = session.AddOutbound(new() { Codecs = [Media.Vp8] });
        for (var i = 0; i < 3; i++)
        {
            Assert.False(
                video.Send(new() { PayloadType = Media.Vp8.PayloadType, Timestamp = new(1), Data = new byte[9 << 20] }, Instant.Zero));
        }

        Assert.Equal((3, 3), (video.Statistics.FramesTooLarge, video.Statistics.FramesDropped));
        Assert.Contains("9437184 bytes", Assert.Single(log.Warnings));
    }

    [Fact]
    public void FrameThatIsNoneOfItsCodec_IsCountedAndSaidOnce()
    {
        var log = new Lines();
        var session = new RtpSession(Peer.Options(), RandomSource.Seeded(1), log);
        var video = session.AddOutbound(new() { Codecs = [Media.Av1, Media.Opus] });
        for (var i = 0; i < 3; i++)
        {
            Assert.False(video.Send(new() { PayloadType = Media.Av1.PayloadType, Timestamp = new(1), Data = [0xFF, 1, 2] }, Instant.Zero));
        }

        Assert.False(video.Send(new() { PayloadType = Media.Opus.PayloadType, Timestamp = new(1), Data = new byte[1500] }, Instant.Zero));
        Assert.Equal((4, 4), (video.Statistics.FramesMalformed, video.Statistics.FramesDropped));
        Assert.Contains("AV1", Assert.Single(log.Warnings));
    }

    private sealed class Lines : ILogger
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                Warnings.Add(formatter(state, exception));
            }
        }
    }
}
