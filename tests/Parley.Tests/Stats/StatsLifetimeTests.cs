using Parley.Media;

namespace Parley.Tests.Stats;

/// <summary>
/// webrtc-stats §4.4 and §8.1: since when and until when an object is in reports, what it begins with, and whose time it tells.
/// </summary>
public class StatsLifetimeTests
{
    [Fact]
    public void Outbound_OfAnAnsweredSection_IsThereBeforeAnythingIsConnected() => Run(async pair =>
    {
        var transceiver = pair.Alice.AddTransceiver(new MediaStreamTrack(MediaKind.Audio));
        await pair.Alice.SetLocalDescriptionAsync();
        Assert.Empty((await pair.Alice.GetStatsAsync()).OfType<OutboundRtpStreamStats>());
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
        await pair.Bob.SetLocalDescriptionAsync();
        await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
        var sent = Assert.Single((await pair.Alice.GetStatsAsync()).OfType<OutboundRtpStreamStats>());
        Assert.Equal((transceiver.Mid, 0L, 0L), (sent.Mid, sent.PacketsSent, sent.BytesSent));
        Assert.Empty((await pair.Bob.GetStatsAsync()).OfType<InboundRtpStreamStats>());
    });

    [Fact]
    public void Streams_HeldAndStopped_KeepTheirFiguresUntilTheStopIsNegotiated() => Run(async pair =>
    {
        var call = new CallWithMedia(pair);
        await call.StartAsync();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(6));
        var talking = await pair.Alice.GetStatsAsync();
        Assert.Equal(
            ["inbound-rtp", "media-source", "outbound-rtp", "remote-inbound-rtp", "remote-outbound-rtp"],
            Lasting(talking).Select(stats => stats.Type).Order());
        call.Alice.Direction = RtpTransceiverDirection.Inactive;
        await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        var held = await pair.Alice.GetStatsAsync();
        ExpectNothingLost(talking, held);
        call.Alice.Direction = RtpTransceiverDirection.SendRecv;
        await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        var back = await pair.Alice.GetStatsAsync();
        ExpectNothingLost(held, back);
        Assert.True(Packets(back) > Packets(held));
        call.Alice.Stop();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        var stopping = await pair.Alice.GetStatsAsync();
        ExpectNothingLost(back, stopping);
        Assert.False(stopping.OfType<OutboundRtpStreamStats>().Single().Active);
        Assert.Equal(
            5, Lasting(await call.Alice.Sender.GetStatsAsync()).Concat(Lasting(await call.Alice.Receiver.GetStatsAsync())).Count());
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(Packets(stopping), Packets(await pair.Alice.GetStatsAsync()));
        await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Empty(Lasting(await pair.Alice.GetStatsAsync()));
        Assert.Empty((await pair.Bob.GetStatsAsync()).OfType<RtpStreamStats>());
        call.End();
    });

    [Fact]
    public void Source_OfATrackThatComesBack_IsAnotherOneThatBeginsAnew() => Run(async pair =>
    {
        var call = new CallWithMedia(pair);
        await call.StartAsync();
        var track = call.Alice.Sender.Track!;
        var before = Assert.Single((await pair.Alice.GetStatsAsync()).OfType<AudioSourceStats>());
        await call.Alice.Sender.ReplaceTrackAsync(track);
        Assert.Equal(before.Id, Assert.Single((await pair.Alice.GetStatsAsync()).OfType<AudioSourceStats>()).Id);
        await call.Alice.Sender.ReplaceTrackAsync(null);
        Assert.Empty((await pair.Alice.GetStatsAsync()).OfType<AudioSourceStats>());
        await call.Alice.Sender.ReplaceTrackAsync(track);
        await pair.Simulator.Delay(TimeSpan.FromMilliseconds(100));
        var report = await pair.Alice.GetStatsAsync();
        var after = Assert.Single(report.OfType<AudioSourceStats>());
        Assert.NotEqual(before.Id, after.Id);
        Assert.Equal(before.TrackIdentifier, after.TrackIdentifier);
        Assert.InRange(after.TotalSamplesDuration!.Value, 0.02, 0.2);
        Assert.Equal(after.Id, report.OfType<OutboundRtpStreamStats>().Single().MediaSourceId);
        call.End();
    });

    [Fact]
    public void Source_OfATrackOfTwoSenders_IsOneWhileEitherHasIt() => Run(async pair =>
    {
        var track = new MediaStreamTrack(MediaKind.Video);
        var first = pair.Alice.AddTransceiver(track).Sender;
        pair.Alice.AddTransceiver(track);
        var source = Assert.Single((await pair.Alice.GetStatsAsync()).OfType<VideoSourceStats>());
        await first.ReplaceTrackAsync(null);
        Assert.Equal(source.Id, Assert.Single((await pair.Alice.GetStatsAsync()).OfType<VideoSourceStats>()).Id);
    });

    [Fact]
    public void CumulativeMembers_BeforeTheFirstSample_AreZeroAndMomentaryOnesAreNotThere() => Run(async pair =>
    {
        pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
        pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
        await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        var report = await pair.Alice.GetStatsAsync();
        var sound = Assert.Single(report.OfType<AudioSourceStats>());
        Assert.Equal((0.0, 0.0, null), (sound.TotalAudioEnergy, sound.TotalSamplesDuration, sound.AudioLevel));
        var pictures = Assert.Single(report.OfType<VideoSourceStats>());
        Assert.Equal((0, null, null, null), (pictures.Frames, pictures.Width, pictures.Height, pictures.FramesPerSecond));
        var sent = report.OfType<OutboundRtpStreamStats>().Single(stats => stats.Kind == "video");
        Assert.Equal((0, null), (sent.FramesSent, sent.FrameWidth));
    });

    [Fact]
    public void RemoteStreams_TellWhenTheReportCameThatTheyAreOf() => Run(async pair =>
    {
        var call = new CallWithMedia(pair);
        await call.StartAsync();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(8));
        pair.Simulator.Network.Partition(pair.AliceHost, pair.BobHost);
        var cutAt = (await pair.Alice.GetStatsAsync()).OfType<PeerConnectionStats>().Single().Timestamp;
        await pair.Simulator.Delay(TimeSpan.FromSeconds(3));
        var report = await pair.Alice.GetStatsAsync();
        foreach (var stats in Lasting(report).Where(stats => stats.Type.StartsWith("remote-", StringComparison.Ordinal)))
        {
            Assert.InRange(stats.Timestamp, cutAt - TimeSpan.FromSeconds(8), cutAt + TimeSpan.FromMilliseconds(100));
        }

        Assert.True(report.OfType<OutboundRtpStreamStats>().Single().Timestamp >= cutAt + TimeSpan.FromSeconds(3));
        call.End();
    });

    private static IEnumerable<Parley.Stats> Lasting(StatsReport report) =>
        report.Values.Where(stats => stats is RtpStreamStats or MediaSourceStats);

    private static long Packets(StatsReport report) =>
        report.OfType<OutboundRtpStreamStats>().Single().PacketsSent + report.OfType<InboundRtpStreamStats>().Single().PacketsReceived;

    private static void ExpectNothingLost(StatsReport before, StatsReport after)
    {
        foreach (var stats in Lasting(before))
        {
            Assert.True(after.TryGetValue(stats.Id, out var now), $"{stats.Type} is gone");
            var (least, most) = (stats, now) switch
            {
                (OutboundRtpStreamStats a, OutboundRtpStreamStats b) => (a.PacketsSent, b.PacketsSent),
                (InboundRtpStreamStats a, InboundRtpStreamStats b) => (a.PacketsReceived, b.PacketsReceived),
                (RemoteInboundRtpStreamStats a, RemoteInboundRtpStreamStats b) => (a.PacketsReceived, b.PacketsReceived),
                (RemoteOutboundRtpStreamStats a, RemoteOutboundRtpStreamStats b) => (a.PacketsSent, b.PacketsSent),
                (AudioSourceStats a, AudioSourceStats b) => (a.TotalSamplesDuration!.Value, b.TotalSamplesDuration!.Value),
                _ => (0.0, -1.0),
            };
            Assert.True(least <= most, $"{stats.Type} fell from {least} to {most}");
        }
    }

    private static void Run(Func<Pair, Task> scenario)
    {
        var pair = new Pair();
        pair.Run(() => scenario(pair));
    }
}
