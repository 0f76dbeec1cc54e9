using Parley.Net;

namespace Parley.Rtp.Tests;

public class ReportTests
{
    private static Instant At(double milliseconds) => Instant.Zero + TimeSpan.FromMilliseconds(milliseconds);

    [Fact]
    public void Jitter_HandComputed_Matches()
    {
        var statistics = new ReceptionStatistics(new(1));

        // 8 kHz, 20 ms apart; the third comes 5 ms late (40 ticks), the fourth on time again (40 ticks back): J = 40/16, then + (40 -
        // J)/16.
        Receive(statistics, 1, 0, 0);
        Receive(statistics, 2, 160, 20);
        Receive(statistics, 3, 320, 45);
        Assert.Equal(2.5, statistics.Jitter, 9);
        Receive(statistics, 4, 480, 60);
        Assert.Equal(2.5 + (40 - 2.5) / 16, statistics.Jitter, 9);
    }

    [Fact]
    public void FractionLost_FromReportToReport_IsRfc3550s()
    {
        var statistics = new ReceptionStatistics(new(1));
        ushort[] got = [65530, 65531, 65533, 65535, 1];
        foreach (var number in got)
        {
            Receive(statistics, number, 0, 0);
        }

        // 65530 to 1 are eight packets, three of them lost.
        var report = statistics.MakeReport(At(0));
        Assert.Equal(3 * 256 / 8, report.FractionLost);
        Assert.Equal(3, report.CumulativeLost);
        Assert.Equal(0x10001u, report.HighestSequence);
        Receive(statistics, 2, 0, 0);
        report = statistics.MakeReport(At(0));
        Assert.Equal(0, report.FractionLost);
        Assert.Equal(3, report.CumulativeLost);
    }

    [Fact]
    public void WildSequence_IsDroppedUntilTwoFollow()
    {
        var statistics = new ReceptionStatistics(new(1));
        Receive(statistics, 1, 0, 0);
        Assert.False(statistics.TryExtend(new(30_000), out _, out _));
        Assert.True(statistics.TryExtend(new(2), out _, out _));
        Assert.False(statistics.TryExtend(new(40_000), out _, out _));
        Assert.True(statistics.TryExtend(new(40_001), out _, out var restarted));
        Assert.True(restarted);
    }

    [Fact]
    public void RoundTrip_FromReportBlock_IsArrivalLessLsrLessDlsr()
    {
        var peer = new Peer("a", 1);
        var outbound = peer.Session.AddOutbound(new() { Ssrc = new(9), Codecs = [Media.Opus] });

        // RFC 3550 figure 2 in small: now - 6.125 s was the SR, held for 5.25 s.
        var now = At(60_000);
        var lsr = (peer.Session.NtpTime(now) + TimeSpan.FromSeconds(-6.125)).Middle32;
        var bytes = new byte[100];
        var writer = new RtcpWriter(bytes);
        writer.TryWriteReceiverReport(new(5));
        writer.TryAddReportBlock(new(new(9), 128, 7, 100, 480, lsr, (uint)(5.25 * 65536)));
        peer.Session.Receive(bytes.AsSpan(0, writer.Length), now);
        Assert.Equal(875, outbound.Statistics.RoundTripTime!.Value.TotalMilliseconds, 0.1);
        Assert.Equal(0.5, outbound.Statistics.RemoteFractionLost);
        Assert.Equal(7, outbound.Statistics.RemotePacketsLost);
        Assert.Equal(1, outbound.Statistics.RoundTripTimeMeasurements);
        Assert.Equal(now, outbound.Statistics.LastReportReceivedAt);
    }

    [Theory]
    [InlineData(0, 65_536)]
    [InlineData(0x7E808000, 0)]
    public void RoundTrip_ReportWithoutATimeOfASenderReport_IsNotMeasured(uint lsr, uint dlsr)
    {
        var peer = new Peer("a", 1);
        var outbound = peer.Session.AddOutbound(new() { Ssrc = new(9), Codecs = [Media.Opus] });
        var bytes = new byte[100];
        var writer = new RtcpWriter(bytes);
        writer.TryWriteReceiverReport(new(5));
        writer.TryAddReportBlock(
            new(new(9), 0, 0, 100, 480, lsr == 0 ? 0 : (peer.Session.NtpTime(At(60_000)) + TimeSpan.FromSeconds(-1)).Middle32, dlsr));
        peer.Session.Receive(bytes.AsSpan(0, writer.Length), At(60_000));
        Assert.Equal(
            (1, 0, null),
            (outbound.Statistics.ReportsReceived, outbound.Statistics.RoundTripTimeMeasurements, outbound.Statistics.RoundTripTime));
    }

    [Fact]
    public void SoundAndPicture_OfOneInstant_MapToOneNtpTime()
    {
        var pair = new Pair();
        var audio = pair.A.Session.AddOutbound(new() { Mid = "0", Codecs = [Media.Opus], Extensions = Media.Ids });
        var video = pair.A.Session.AddOutbound(new() { Mid = "1", Codecs = [Media.Vp8], Extensions = Media.Ids });
        pair.B.Session.AddInbound(new() { Mid = "0", Codecs = [Media.Opus], Extensions = Media.Ids });
        pair.B.Session.AddInbound(new() { Mid = "1", Codecs = [Media.Vp8], Extensions = Media.Ids });
        for (var i = 0; i < 100; i++)
        {
            // The picture was captured 80 ms before it is sent, the sound 10 ms before.
            var capturedAt = pair.Now - TimeSpan.FromMilliseconds(80);
            video.Send(
                new()
                {
                    PayloadType = Media.Vp8.PayloadType,
                    Timestamp = new((uint)i * 3600),
                    Data = Media.Vp8Frame(i, 500, true),
                    CapturedAt = capturedAt,
                }, pair.Now);
            audio.Send(
                new()
                {
                    PayloadType = Media.Opus.PayloadType,
                    Timestamp = new(7777 + (uint)i * 1920),
                    Data = [1],
                    CapturedAt = pair.Now - TimeSpan.FromMilliseconds(10),
                }, pair.Now);
            pair.Run(TimeSpan.FromMilliseconds(40));
        }

        var sound = pair.B.Frames.Last(frame => frame.Codec == "opus");
        var picture = pair.B.Frames.Last(frame => frame.Codec == "VP8");
        Assert.Equal(70, (sound.CapturedAt!.Value - picture.CapturedAt!.Value).TotalMilliseconds, 0.1);
        var sentAt = sound.ArrivedAt - TimeSpan.FromMilliseconds(20);
        Assert.Equal(-10, (sound.CapturedAt.Value - pair.B.Session.NtpTime(sentAt)).TotalMilliseconds, 0.1);
    }

    [Fact]
    public void Reports_OverTenMinutes_ComeRandomisedAtTheLeastInterval()
    {
        var pair = new Pair(3);
        var audio = pair.A.Session.AddOutbound(new() { Codecs = [Media.Opus] });
        pair.B.Session.AddInbound(new() { Codecs = [Media.Opus] });
        var times = new List<double>();
        var seen = 0;
        for (var i = 0; i < 6000; i++)
        {
            audio.Send(new() { PayloadType = Media.Opus.PayloadType, Timestamp = new((uint)i * 4800), Data = [1] }, pair.Now);
            pair.AtoB.Log.Clear();
            pair.Run(TimeSpan.FromMilliseconds(100));
            for (; seen < pair.BtoA.Log.Count; seen++)
            {
                times.Add(pair.Now.Nanoseconds / 1e9);
            }
        }

        var gaps = times.Zip(times.Skip(1), (left, right) => right - left).ToList();
        Assert.InRange(gaps.Average(), 0.75, 1.1);
        Assert.All(gaps, gap => Assert.InRange(gap, 0.3, 1.4));
        Assert.True(gaps.Max() - gaps.Min() > 0.4);
        Assert.InRange(audio.Statistics.ReportsSent, 550, 800);
    }

    [Fact]
    public void Idle_AfterTheLastPacket_FallsSilent()
    {
        var pair = new Pair(4);
        var audio = pair.A.Session.AddOutbound(new() { Codecs = [Media.Opus] });
        pair.B.Session.AddInbound(new() { Codecs = [Media.Opus] });
        audio.Send(new() { PayloadType = Media.Opus.PayloadType, Timestamp = new(0), Data = [1] }, pair.Now);
        pair.Run(TimeSpan.FromSeconds(60));
        var packets = pair.AtoB.Log.Count + pair.BtoA.Log.Count;
        Assert.InRange(packets, 3, 10);
        Assert.Equal(1, pair.B.Count(RtpEventKind.StreamTimedOut));
        Assert.Null(pair.A.Session.Deadline);
        Assert.Null(pair.B.Session.Deadline);
    }

    [Fact]
    public void Remove_Outbound_SaysGoodbye()
    {
        var pair = new Pair(5);
        var audio = pair.A.Session.AddOutbound(new() { Codecs = [Media.Opus] });
        pair.B.Session.AddInbound(new() { Codecs = [Media.Opus] });
        audio.Send(new() { PayloadType = Media.Opus.PayloadType, Timestamp = new(0), Data = [1] }, pair.Now);
        pair.Run(TimeSpan.FromSeconds(1));
        pair.A.Session.Remove(audio, pair.Now);
        pair.Run(TimeSpan.FromSeconds(1));
        var bye = Assert.Single(pair.B.Events, happened => happened.Kind == RtpEventKind.Bye);
        Assert.Equal(audio.Ssrc, bye.Stream!.Ssrc);
    }

    private static void Receive(ReceptionStatistics statistics, ushort number, uint timestamp, double milliseconds)
    {
        Assert.True(statistics.TryExtend(new(number), out var sequence, out _));
        statistics.Count(sequence, new(timestamp), 8000, At(milliseconds));
    }
}
