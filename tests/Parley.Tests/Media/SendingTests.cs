using Parley.Media;

namespace Parley.Tests.Media;

/// <summary>What senders do with tracks, and what receivers tell of what comes (webrtc-pc §5.2, §5.3, §9.3).</summary>
public class SendingTests
{
    [Fact]
    public void Track_OfSoundThatIsDisabled_IsNotSent() => Run(async (pair, call) =>
    {
        call.Alice.Sender.Track!.Enabled = false;
        await call.ExpectAsync(0, CallWithMedia.BobVoice);
        call.Alice.Sender.Track!.Enabled = true;
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Theory]
    [InlineData("disabled")]
    [InlineData("muted")]
    [InlineData("ended")]
    public void Track_OfPicturesThatHasNoneToShow_IsBlackOnceASecond(string why) => RunWithPictures(async (pair, feed, received) =>
    {
        switch (why)
        {
            case "disabled":
                feed.Track.Enabled = false;
                break;
            case "muted":
                feed.Rests = true;
                feed.Track.SetMuted(true);
                break;
            case "ended":
                feed.Track.Stop();
                break;
        }

        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        received.Clear();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
        Assert.InRange(received.Count, 4, 6);
        Assert.All(received, frame => Assert.True(frame.IsKeyFrame && frame.Data.Length > 100));
        Assert.InRange((received[^1].Timestamp - received[0].Timestamp).TotalSeconds, received.Count - 1.1, received.Count - 0.9);
        if (why == "disabled")
        {
            feed.Track.Enabled = true;
            received.Clear();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.InRange(received.Count, 25, 31);
            Assert.True(received[0].IsKeyFrame);
        }
    });

    [Theory]
    [InlineData(5.0, 4, 6)]
    [InlineData(20.0, 4, 20)]
    [InlineData(0.0, 0, 1)]
    public void MaxFramerate_IsKeptByLeavingPicturesOut(double rate, int least, int most) => RunWithPictures(async (pair, feed, received) =>
    {
        await SetAsync(pair, encoding => encoding with { MaxFramerate = rate });
        await pair.Simulator.Delay(TimeSpan.FromMilliseconds(500));
        received.Clear();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(4));
        Assert.InRange(received.Count / 4.0, least, most);
        Assert.All(received, frame => Assert.True(feed.IsDecodable(frame)));
    });

    [Fact]
    public void MaxFramerate_OfPicturesNobodyRefersTo_LeavesThemOutFirst() => RunWithPictures(async (pair, feed, received) =>
    {
        feed.EveryOtherIsDiscardable = true;
        await SetAsync(pair, encoding => encoding with { MaxFramerate = 16 });
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        var asked = feed.Asked;
        received.Clear();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(4));
        Assert.InRange(received.Count, 55, 64);
        Assert.Equal(asked, feed.Asked);
        Assert.All(received, frame => Assert.True(feed.IsDecodable(frame)));
    });

    [Fact]
    public void MaxBitrate_IsKeptByLeavingPicturesOut() => RunWithPictures(async (pair, feed, received) =>
    {
        // 30 pictures of 1,000 bytes a second are 240 kbit/s and headers.
        feed.Length = 1_000;
        await SetAsync(pair, encoding => encoding with { MaxBitrate = 80_000 });
        await pair.Simulator.Delay(TimeSpan.FromSeconds(3));
        received.Clear();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(20));
        var rate = received.Sum(frame => frame.Data.Length + 24) * 8 / 20.0;
        Assert.InRange(rate, 20_000, 80_000 * 21 / 20);
        Assert.All(received, frame => Assert.True(feed.IsDecodable(frame)));
    });

    /// <summary>RFC 9429 §5.10. What the application has set stays as it is, and counts where it is less.</summary>
    [Theory]
    [InlineData("b=TIAS:80000", null, 80_000)]
    [InlineData("b=AS:101\r\nb=TIAS:80000", null, 80_000)]
    [InlineData("b=AS:101", null, 79_950)]
    [InlineData("b=TIAS:200000", 80_000, 80_000)]
    [InlineData("b=CT:10\r\nb=RS:100", null, 1_000_000)]
    public void BandwidthOfTheRemoteDescription_BoundsWhatIsSent(string lines, int? own, int expected) =>
        RunWithPictures(async (pair, feed, received) =>
        {
            feed.Length = 1_000;
            await SetAsync(pair, encoding => encoding with { MaxBitrate = (uint?)own });
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            var answer = pair.Bob.LocalDescription!;
            var connectionLine = answer.Sdp.IndexOf(
                "\r\nc=", answer.Sdp.IndexOf("m=video", StringComparison.Ordinal), StringComparison.Ordinal) + 2;
            await pair.Alice.SetRemoteDescriptionAsync(
                answer with
                {
                    Sdp = answer.Sdp.Insert(answer.Sdp.IndexOf("\r\n", connectionLine, StringComparison.Ordinal) + 2, lines + "\r\n"),
                });
            Assert.Equal((uint?)own, pair.Alice.GetSenders()[0].GetParameters().Encodings[0].MaxBitrate);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(3));
            received.Clear();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(20));

            // 30 pictures of 1,000 bytes a second are 240 kbit/s and headers.
            var rate = received.Sum(frame => frame.Data.Length + 24) * 8 / 20.0;
            Assert.InRange(rate, Math.Min(20_000, expected), Math.Min(250_000, expected * 21 / 20));
            Assert.True(expected < 250_000 || rate > 230_000, $"{rate}");
        });

    [Fact]
    public void ReplaceTrack_WhoseFormatWasNotNegotiated_IsRefusedAndChangesNothing() => Run(async (pair, call) =>
    {
        var before = call.Alice.Sender.Track;
        var g722 = new MediaStreamTrack(MediaKind.Audio) { Formats = [new MediaFormat("G722", 8_000, 1)] };
        await Refused.WithAsync(RtcErrorNames.InvalidModificationError, () => call.Alice.Sender.ReplaceTrackAsync(g722));
        Assert.Same(before, call.Alice.Sender.Track);
        await Assert.ThrowsAsync<ArgumentException>(() => call.Alice.Sender.ReplaceTrackAsync(new MediaStreamTrack(MediaKind.Video)));
        await call.Alice.Sender.ReplaceTrackAsync(new MediaStreamTrack(MediaKind.Audio) { Formats = [MediaFormat.Pcm(16_000, 1)] });

        // Not negotiated, it is taken without a question.
        var idle = pair.Alice.AddTransceiver(MediaKind.Audio);
        await idle.Sender.ReplaceTrackAsync(g722);
        Assert.Same(g722, idle.Sender.Track);
    });

    [Fact]
    public void Stop_SaysGoodbye_AndThePeersTrackIsMutedBeforeAnyNegotiation() => Run(async (pair, call) =>
    {
        var log = new List<string>();
        call.Bob.Receiver.Track.Muted += (_, _) => log.Add("muted");
        call.Bob.Receiver.Track.Unmuted += (_, _) => log.Add("unmuted");
        call.Bob.Receiver.Track.Ended += (_, _) => log.Add("ended");
        call.Alice.Receiver.Track.Ended += (_, _) => log.Add("ended at alice");
        call.Alice.Stop();
        Assert.Equal(MediaStreamTrackState.Live, call.Alice.Receiver.Track.ReadyState);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(["ended at alice", "muted"], log);
        Assert.True(call.Bob.Receiver.Track.IsMuted);
        await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["ended at alice", "muted", "ended"], log);
    });

    [Fact]
    public void ActiveFalse_SendsNoGoodbye() => Run(async (pair, call) =>
    {
        var parameters = call.Alice.Sender.GetParameters();
        await call.Alice.Sender.SetParametersAsync(parameters with { Encodings = [parameters.Encodings[0] with { Active = false }] });
        await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
        Assert.False(call.Bob.Receiver.Track.IsMuted);
        var counter = new FrameCounter();
        using (call.Bob.Receiver.Track.Attach(counter))
        {
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, counter.Total);
    });

    [Fact]
    public void SynchronizationSources_OfSoundWithLevels_TellThemForTenSeconds() => Run(async (pair, call) =>
    {
        var tone = new ToneSource(level: -20, clock: pair.AliceHost.Platform.TimeProvider);
        await call.Alice.Sender.ReplaceTrackAsync(new MediaStreamTrack(MediaKind.Audio, tone));
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        var source = Assert.Single(call.Bob.Receiver.GetSynchronizationSources());
        Assert.InRange(source.AudioLevel!.Value, 0.09, 0.11);
        Assert.InRange((pair.BobHost.Platform.TimeProvider.GetUtcNow() - source.Timestamp).TotalMilliseconds, 0, 100);
        var stats = (await call.Alice.Sender.GetStatsAsync()).Values.OfType<OutboundRtpStreamStats>().Single();
        Assert.Equal(stats.Ssrc, source.Source);
        Assert.Empty(call.Bob.Receiver.GetContributingSources());
        await pair.Simulator.Delay(TimeSpan.FromMilliseconds(20));
        Assert.True(call.Bob.Receiver.GetSynchronizationSources()[0].RtpTimestamp != source.RtpTimestamp);

        await call.Alice.Sender.ReplaceTrackAsync(null);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(9.5));
        Assert.Single(call.Bob.Receiver.GetSynchronizationSources());
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Empty(call.Bob.Receiver.GetSynchronizationSources());
    });

    [Fact]
    public void Stream_GetTracksAndClone_FollowTheCaptureSpecification()
    {
        var (sound, pictures) = (new MediaStreamTrack(MediaKind.Audio), new MediaStreamTrack(MediaKind.Video));
        var stream = new MediaStream(null, sound, pictures);
        Assert.Equal([sound], stream.GetAudioTracks());
        Assert.Equal([pictures], stream.GetVideoTracks());
        Assert.Same(pictures, stream.GetTrackById(pictures.Id));
        Assert.Null(stream.GetTrackById("none"));
        var clone = stream.Clone();
        Assert.NotEqual(stream.Id, clone.Id);
        Assert.Equal(2, clone.Tracks.Count);
        Assert.Empty(clone.Tracks.Select(track => track.Id).Intersect(stream.Tracks.Select(track => track.Id)));
        sound.Stop();
        Assert.True(stream.IsActive);
        pictures.Stop();
        Assert.False(stream.IsActive);
    }

    private static async Task SetAsync(Pair pair, Func<RtpEncodingParameters, RtpEncodingParameters> change)
    {
        var sender = pair.Alice.GetSenders()[0];
        var parameters = sender.GetParameters();
        await sender.SetParametersAsync(parameters with { Encodings = [change(parameters.Encodings[0])] });
    }

    private static void Run(Func<Pair, CallWithMedia, Task> scenario)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = new CallWithMedia(pair);
            await call.StartAsync();
            await scenario(pair, call);
            call.End();
        });
    }

    private static void RunWithPictures(Func<Pair, PictureFeed, List<MediaFrame>, Task> scenario)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var feed = new PictureFeed(pair);
            pair.Alice.AddTrack(feed.Track);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            var sink = new FrameKeeper();
            pair.Bob.GetReceivers()[0].Track.Attach(sink);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.NotEmpty(sink.Frames);
            await scenario(pair, feed, sink.Frames);
            feed.Ended = true;
            pair.Alice.Close();
            pair.Bob.Close();
        });
    }
}
