using Parley.Media;

namespace Parley.Tests.Negotiation;

public class TrackTests
{
    [Fact]
    public void AddTrack_TransceiverThatNeverSent_IsUsedAgain()
    {
        var pair = new Pair();
        var receiving = pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
        var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
        Assert.Same(receiving.Sender, sender);
        Assert.Equal(RtpTransceiverDirection.SendRecv, receiving.Direction);
        Assert.NotSame(sender, pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video)));
    }

    [Fact]
    public void AddTrack_InactiveTransceiver_BecomesSendOnly()
    {
        var pair = new Pair();
        var transceiver = pair.Alice.AddTransceiver(
            MediaKind.Audio, new RtpTransceiverInit { Direction = RtpTransceiverDirection.Inactive });
        pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
        Assert.Equal(RtpTransceiverDirection.SendOnly, transceiver.Direction);
    }

    [Fact]
    public void AddTrack_OtherKindOrStopped_IsNotUsed()
    {
        var pair = new Pair();
        pair.Alice.AddTransceiver(MediaKind.Video);
        pair.Alice.AddTransceiver(MediaKind.Audio).Stop();
        pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
        Assert.Equal(3, pair.Alice.GetTransceivers().Count);
    }

    [Fact]
    public void AddTrack_SenderThatHasSent_IsNotUsedAgain()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            pair.Alice.RemoveTrack(sender);
            Assert.NotSame(sender, pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio)));
        });
    }

    [Fact]
    public void AddTrack_Twice_IsRefused()
    {
        var pair = new Pair();
        var track = new MediaStreamTrack(MediaKind.Audio);
        pair.Alice.AddTrack(track);
        Refused.With(RtcErrorNames.InvalidAccessError, () => pair.Alice.AddTrack(track));
    }

    [Theory]
    [InlineData(RtpTransceiverDirection.SendRecv, RtpTransceiverDirection.RecvOnly)]
    [InlineData(RtpTransceiverDirection.SendOnly, RtpTransceiverDirection.Inactive)]
    [InlineData(RtpTransceiverDirection.RecvOnly, RtpTransceiverDirection.RecvOnly)]
    [InlineData(RtpTransceiverDirection.Inactive, RtpTransceiverDirection.Inactive)]
    public void RemoveTrack_AnyDirection_StopsSendingAndKeepsReceiving(RtpTransceiverDirection before, RtpTransceiverDirection after)
    {
        var pair = new Pair();
        var transceiver = pair.Alice.AddTransceiver(new MediaStreamTrack(MediaKind.Audio), new RtpTransceiverInit { Direction = before });
        pair.Alice.RemoveTrack(transceiver.Sender);
        Assert.Null(transceiver.Sender.Track);
        Assert.Equal(after, transceiver.Direction);
    }

    [Fact]
    public void RemoveTrack_SenderOfAnother_IsRefused()
    {
        var pair = new Pair();
        var sender = pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Audio));
        Refused.With(RtcErrorNames.InvalidAccessError, () => pair.Alice.RemoveTrack(sender));
    }

    [Fact]
    public void ReplaceTrack_OtherKindOrStopped_IsRefused()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
            await Assert.ThrowsAsync<ArgumentException>(() => transceiver.Sender.ReplaceTrackAsync(new MediaStreamTrack(MediaKind.Video)));
            transceiver.Stop();
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => transceiver.Sender.ReplaceTrackAsync(null));
        });
    }

    [Fact]
    public void AddTransceiver_BadEncodings_AreRefused()
    {
        var pair = new Pair();
        void Add(params RtpEncodingParameters[] encodings) =>
            pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { SendEncodings = encodings });
        Assert.Throws<ArgumentException>(() => Add(new RtpEncodingParameters { Rid = "a" }, new RtpEncodingParameters { Rid = "a" }));
        Assert.Throws<ArgumentException>(() => Add(new RtpEncodingParameters { Rid = "a" }, new RtpEncodingParameters()));
        Assert.Throws<ArgumentException>(() => Add(new RtpEncodingParameters { Rid = "not well formed" }));
        Assert.Throws<ArgumentException>(() => Add(new RtpEncodingParameters { Rid = "" }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Add(new RtpEncodingParameters { ScaleResolutionDownBy = 0.5 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Add(new RtpEncodingParameters { MaxFramerate = -1 }));
        Assert.Throws<ArgumentException>(() =>
            pair.Alice.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.Stopped }));
        Assert.Empty(pair.Alice.GetTransceivers());
    }

    [Fact]
    public void Stop_Negotiated_StopsBothSidesAndItsSectionIsUsedAgain()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var alice = pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var bob = pair.Bob.GetTransceivers()[0];
            var ended = 0;
            bob.Receiver.Track.Ended += (_, _) => ended++;

            alice.Stop();
            Assert.Equal(RtpTransceiverDirection.Stopped, alice.Direction);
            Assert.Equal(RtpTransceiverDirection.SendOnly, alice.CurrentDirection);
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Contains("m=audio 0 ", pair.Alice.LocalDescription!.Sdp);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            Assert.Equal(RtpTransceiverDirection.Stopped, bob.CurrentDirection);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal(1, ended);
            Assert.Equal(RtpTransceiverDirection.Stopped, alice.CurrentDirection);
            Assert.DoesNotContain(alice, pair.Alice.GetTransceivers());
            Assert.DoesNotContain(bob, pair.Bob.GetTransceivers());

            pair.Alice.AddTransceiver(MediaKind.Video);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var sections = pair.Alice.CurrentLocalDescription!.Sdp.Split("\r\n")
                .Where(line => line.StartsWith("m=", StringComparison.Ordinal)).ToArray();
            Assert.Equal(2, sections.Length);
            Assert.StartsWith(
                "m=video 9", sections[0].Replace(sections[0].Split(' ')[1], "9", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Equal("2", pair.Bob.GetTransceivers().Single(transceiver => transceiver.Kind == MediaKind.Video).Mid);
        });
    }

    [Fact]
    public void Stop_WhileAnswering_DoesNotRejectTheSection()
    {
        // webrtc-pc, stop: "a transceiver that is stopping, but not stopped, will not affect createAnswer".
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            pair.Bob.GetTransceivers()[0].Stop();
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.DoesNotContain("m=audio 0 ", pair.Bob.LocalDescription!.Sdp);
            Assert.Contains("a=inactive", pair.Bob.LocalDescription!.Sdp);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal(RtpTransceiverDirection.Inactive, pair.Alice.GetTransceivers()[0].CurrentDirection);
            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
            Assert.Empty(pair.Alice.GetTransceivers());
            Assert.Empty(pair.Bob.GetTransceivers());
        });
    }

    [Fact]
    public void Direction_OfAStoppingTransceiver_CannotBeSet()
    {
        var pair = new Pair();
        var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
        Assert.Throws<ArgumentException>(() => transceiver.Direction = RtpTransceiverDirection.Stopped);
        transceiver.Stop();
        Refused.With(RtcErrorNames.InvalidStateError, () => transceiver.Direction = RtpTransceiverDirection.SendRecv);
    }

    [Fact]
    public void TrackEvents_StreamsChange_FollowTheMsidLines()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var log = new List<string>();
            pair.Bob.SignalingStateChanged += (_, _) => log.Add(pair.Bob.SignalingState.ToString());
            pair.Bob.TrackAdded += (_, args) => log.Add("track " + string.Join(' ', args.Streams.Select(stream => stream.Id)));
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s1"));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(["HaveRemoteOffer", "track s1", "Stable"], log);
            log.Clear();

            var track = pair.Bob.GetReceivers()[0].Track;
            sender.SetStreams(new MediaStream("s1"), new MediaStream("s2"));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(["HaveRemoteOffer", "track s1 s2", "Stable"], log);
            log.Clear();

            // A stream that goes away makes no track event; the track leaves the stream.
            sender.SetStreams(new MediaStream("s2"));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(["HaveRemoteOffer", "Stable"], log);
            Assert.Same(track, pair.Bob.GetReceivers()[0].Track);
        });
    }

    [Fact]
    public void TrackEvents_RemovedAndAddedAgain_FireAgain()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            MediaStream? stream = null;
            var fired = 0;
            pair.Bob.TrackAdded += (_, args) =>
            {
                fired++;
                stream = args.Streams[0];
                Assert.Contains(args.Track, stream.Tracks);
            };
            var transceiver = pair.Alice.AddTransceiver(
                new MediaStreamTrack(MediaKind.Audio), new RtpTransceiverInit { Streams = [new MediaStream("s")] });
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var removed = 0;
            stream!.TrackRemoved += (_, _) => removed++;
            transceiver.Direction = RtpTransceiverDirection.Inactive;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(1, removed);
            Assert.Empty(stream.Tracks);
            Assert.Equal(MediaStreamTrackState.Live, pair.Bob.GetReceivers()[0].Track.ReadyState);
            transceiver.Direction = RtpTransceiverDirection.SendRecv;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(2, fired);
            Assert.Single(stream.Tracks);
        });
    }
}
