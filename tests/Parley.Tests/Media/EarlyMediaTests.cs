using Parley.Media;

namespace Parley.Tests.Media;

/// <summary>
/// What the answerer sends before its answer arrives (webrtc-pc §4.4.1.5: a local offer that receives sets [[Receptive]]).
/// </summary>
public class EarlyMediaTests
{
    [Theory]
    [InlineData(MediaKind.Audio, BundlePolicy.Balanced)]
    [InlineData(MediaKind.Video, BundlePolicy.Balanced)]
    [InlineData(MediaKind.Video, BundlePolicy.MaxCompat)]
    public void SecondOffer_ThatAddsASection_ReceivesWhatComesBeforeTheAnswer(MediaKind kind, BundlePolicy policy) =>
        Run(new PeerConnectionConfiguration { BundlePolicy = policy }, async (pair, call) =>
        {
            var added = pair.Alice.AddTransceiver(kind, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
            var heard = new FrameCounter();
            using var attachment = added.Receiver.Track.Attach(heard);
            await AnswerAsync(pair, () => pair.Bob.AddTrack(call.Track(CallWithMedia.Music, kind)));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.InRange(heard.Of(CallWithMedia.Music), 40, 60);
            Assert.False(added.Receiver.Track.IsMuted);
            Assert.Equal(SignalingState.HaveLocalOffer, pair.Alice.SignalingState);

            var told = 0;
            var keyFrames = 0;
            pair.Bob.GetSenders()[1].Track!.KeyFrameRequested += (_, _) => keyFrames++;
            pair.Alice.TrackAdded += (_, args) => told += args.Transceiver == added ? 1 : 0;
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.InRange(heard.Of(CallWithMedia.Music), 85, 115);
            Assert.Equal(heard.Of(CallWithMedia.Music), heard.Total);
            Assert.Equal(1, told);

            // Who begins to look at the pictures with the track event needs a key frame.
            Assert.Equal(kind == MediaKind.Video, keyFrames > 0);
            var stats = (await pair.Alice.GetStatsAsync()).OfType<InboundRtpStreamStats>().Single(entry => entry.Mid == added.Mid);
            Assert.InRange(stats.PacketsReceived, 85, 115);
            await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
        });

    [Fact]
    public void SecondOffer_ThatBeginsToReceive_ReceivesWhatComesBeforeTheAnswer() => Run(null, async (pair, call) =>
    {
        call.Alice.Direction = RtpTransceiverDirection.SendOnly;
        await Pair.NegotiateAsync(pair.Alice, pair.Bob);
        await call.ExpectAsync(CallWithMedia.AliceVoice, 0);
        call.Alice.Direction = RtpTransceiverDirection.SendRecv;
        await AnswerAsync(pair, () => call.Bob.Direction = RtpTransceiverDirection.SendRecv);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
        await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void SecondOffer_WithAnotherCodec_ReceivesBothUntilTheAnswer() => Run(null, async (pair, call) =>
    {
        // The voices are fed as Opus; only PCMU is left for Bob to send in the answer.
        var heard = new List<string>();
        using var attachment = call.Alice.Receiver.Track.Attach(new FormatKeeper(heard));
        call.Alice.SetCodecPreferences(
            [.. RtpSender.GetCapabilities(MediaKind.Audio).Codecs.Where(codec => codec.MimeType is "audio/opus" or "audio/PCMU")]);
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(["opus"], heard.Distinct(StringComparer.OrdinalIgnoreCase));
        heard.Clear();
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
        call.Bob.SetCodecPreferences([.. RtpSender.GetCapabilities(MediaKind.Audio).Codecs.Where(codec => codec.MimeType == "audio/PCMU")]);
        await pair.Bob.SetLocalDescriptionAsync();
        var track = new MediaStreamTrack(MediaKind.Audio);
        await call.Bob.Sender.ReplaceTrackAsync(track);
        for (var i = 0; i < 50; i++)
        {
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(20));
            track.Write(new MediaFrame { Format = MediaFormat.Pcmu, Data = new byte[160], Timestamp = TimeSpan.FromMilliseconds(20 * i) });
        }

        Assert.InRange(heard.Count(format => format == "PCMU"), 45, 50);
        await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
    });

    [Fact]
    public void Offer_RolledBack_ReceivesNothingMoreOfItsNewSection() => Run(null, async (pair, call) =>
    {
        var added = pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
        var seen = new FrameCounter();
        using var attachment = added.Receiver.Track.Attach(seen);
        await AnswerAsync(pair, () => pair.Bob.AddTrack(call.Track(CallWithMedia.Music, MediaKind.Video)));
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.True(seen.Total > 40);
        await pair.Alice.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        var before = seen.Total;
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(before, seen.Total);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Fact]
    public void Answer_ThatReceivesOnly_MutesWhatCameBeforeIt() => Run(null, async (pair, call) =>
    {
        var added = pair.Alice.AddTransceiver(MediaKind.Video);
        await AnswerAsync(pair, () => pair.Bob.AddTrack(call.Track(CallWithMedia.Music, MediaKind.Video)));
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.False(added.Receiver.Track.IsMuted);
        await pair.Alice.SetRemoteDescriptionAsync(
            pair.Bob.LocalDescription! with { Sdp = WithLastDirection(pair.Bob.LocalDescription!.Sdp, "recvonly") });
        Assert.True(added.Receiver.Track.IsMuted);
        var seen = new FrameCounter();
        using var attachment = added.Receiver.Track.Attach(seen);
        await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(0, seen.Total);
        Assert.True(added.Receiver.Track.IsMuted);
    });

    private static string WithLastDirection(string sdp, string direction)
    {
        var at = sdp.LastIndexOf("a=sendrecv\r\n", StringComparison.Ordinal);
        return $"{sdp[..at]}a={direction}\r\n{sdp[(at + "a=sendrecv\r\n".Length)..]}";
    }

    private static async Task AnswerAsync(Pair pair, Action change)
    {
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
        change();
        await pair.Bob.SetLocalDescriptionAsync();
    }

    private static void Run(PeerConnectionConfiguration? configuration, Func<Pair, CallWithMedia, Task> body)
    {
        var pair = new Pair(configuration: configuration);
        pair.Run(async () =>
        {
            var call = new CallWithMedia(pair);
            await call.StartAsync();
            await body(pair, call);
            call.End();
        });
    }

    private sealed class FormatKeeper(List<string> heard) : IMediaSink
    {
        public void OnFrame(MediaStreamTrack track, in MediaFrame frame) => heard.Add(frame.Format.Name);
    }
}
