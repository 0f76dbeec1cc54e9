using Parley.Media;

namespace Parley.Tests.Negotiation;

public class RollbackTests
{
    private static readonly SessionDescription s_rollback = new(SdpType.Rollback);

    [Fact]
    public void Rollback_OfARemoteOffer_RemovesTheTransceiversItMade()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s"));
            await pair.Alice.SetLocalDescriptionAsync();
            TrackEventArgs? added = null;
            pair.Bob.TrackAdded += (_, args) => added = args;
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var ended = 0;
            var removed = 0;
            added!.Track.Ended += (_, _) => ended++;
            added.Streams[0].TrackRemoved += (_, _) => removed++;
            await pair.Bob.SetRemoteDescriptionAsync(s_rollback);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Empty(pair.Bob.GetTransceivers());
            Assert.Equal(SignalingState.Stable, pair.Bob.SignalingState);
            Assert.Null(pair.Bob.PendingRemoteDescription);
            Assert.Null(added.Transceiver.Mid);
            Assert.Equal(RtpTransceiverDirection.Stopped, added.Transceiver.CurrentDirection);
            Assert.Equal((1, 1), (ended, removed));
        });
    }

    [Fact]
    public void Rollback_OfARemoteOffer_KeepsATransceiverThatAddTrackUsed()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s"));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var sender = pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            Assert.Same(pair.Bob.GetTransceivers()[0].Sender, sender);
            await pair.Bob.SetRemoteDescriptionAsync(s_rollback);
            var transceiver = Assert.Single(pair.Bob.GetTransceivers());
            Assert.Null(transceiver.Mid);
            Assert.Null(sender.Transport);
            Assert.NotEqual(RtpTransceiverDirection.Stopped, transceiver.Direction);
            await pair.Alice.SetLocalDescriptionAsync(s_rollback);
            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
            Assert.Equal("0", transceiver.Mid);
            Assert.Equal(RtpTransceiverDirection.SendRecv, transceiver.CurrentDirection);
        });
    }

    [Fact]
    public void Rollback_OfALocalOffer_TakesMidsAndTransportsBack()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.CreateDataChannel("d");
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Equal("0", transceiver.Mid);
            Assert.NotNull(transceiver.Sender.Transport);
            Assert.NotNull(pair.Alice.SctpTransport);
            await pair.Alice.SetLocalDescriptionAsync(s_rollback);
            Assert.Null(transceiver.Mid);
            Assert.Null(transceiver.Sender.Transport);
            Assert.Null(transceiver.Receiver.Transport);
            Assert.Null(pair.Alice.SctpTransport);
            Assert.Null(pair.Alice.LocalDescription);
            Assert.Equal(IceGatheringState.New, pair.Alice.IceGatheringState);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(transceiver.Mid, pair.Bob.GetTransceivers()[0].Mid);
            Assert.NotNull(pair.Bob.SctpTransport);
        });
    }

    [Fact]
    public void Rollback_OfARestart_BringsTheOldCredentialsBackAndTheCallGoesOn()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            var transport = pair.Alice.GetSenders()[0].Transport!.IceTransport;
            var before = transport.GetLocalParameters();
            pair.Alice.RestartIce();
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.NotEqual(before, transport.GetLocalParameters());
            await pair.Alice.SetLocalDescriptionAsync(s_rollback);
            Assert.Equal(before, transport.GetLocalParameters());
            await pair.Simulator.Delay(TimeSpan.FromSeconds(40));
            Assert.Equal(PeerConnectionState.Connected, pair.Alice.ConnectionState);
            Assert.Equal(PeerConnectionState.Connected, pair.Bob.ConnectionState);

            // What was asked for is still to be done.
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.NotEqual(before, transport.GetLocalParameters());
            await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
            Assert.Equal(PeerConnectionState.Connected, pair.Alice.ConnectionState);
        });
    }

    [Fact]
    public void Rollback_OfARemoteOfferThatTookATrackAway_BringsItBack()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(
                new MediaStreamTrack(MediaKind.Audio), new RtpTransceiverInit { Streams = [new MediaStream("s")] });
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var receiver = pair.Bob.GetReceivers()[0];
            var log = new List<string>();
            pair.Bob.TrackAdded += (_, args) => log.Add("track " + args.Streams.Single().Id);
            transceiver.Direction = RtpTransceiverDirection.Inactive;
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            Assert.Empty(log);
            await pair.Bob.SetRemoteDescriptionAsync(s_rollback);
            Assert.Equal(["track s"], log);
            Assert.Same(receiver, pair.Bob.GetReceivers()[0]);
            Assert.Equal(RtpTransceiverDirection.RecvOnly, pair.Bob.GetTransceivers()[0].CurrentDirection);
        });
    }

    [Fact]
    public void Rollback_ByTheOtherMethod_HasTheSameEffect()
    {
        // RFC 9429 §5.7: "The effect of rollback MUST be the same regardless of whether setLocalDescription or setRemoteDescription is
        // called."
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync(s_rollback);
            Assert.Equal(SignalingState.Stable, pair.Bob.SignalingState);
            Assert.Empty(pair.Bob.GetTransceivers());
            await pair.Alice.SetRemoteDescriptionAsync(s_rollback);
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
            Assert.Null(pair.Alice.GetTransceivers()[0].Mid);
        });
    }

    [Fact]
    public void Rollback_TransceiverThatReplaceTrackUsed_Vanishes()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var transceiver = pair.Bob.GetTransceivers()[0];
            await transceiver.Sender.ReplaceTrackAsync(new MediaStreamTrack(MediaKind.Audio));
            await pair.Bob.SetRemoteDescriptionAsync(s_rollback);
            Assert.Empty(pair.Bob.GetTransceivers());
            Assert.Equal(RtpTransceiverDirection.Stopped, transceiver.Direction);
        });
    }

    [Fact]
    public void Rollback_TransceiverThatAddTrackUsedAndRemoveTrackLeft_Stays()
    {
        // "a track has never been attached to it via addTrack()": it has been.
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s"));
            await pair.Alice.SetLocalDescriptionAsync();
            MediaStream? stream = null;
            pair.Bob.TrackAdded += (_, args) => stream = args.Streams[0];
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            var transceiver = pair.Bob.GetTransceivers()[0];
            var muted = 0;
            transceiver.Receiver.Track.SetMuted(false);
            transceiver.Receiver.Track.Muted += (_, _) => muted++;
            pair.Bob.RemoveTrack(pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Audio)));
            await pair.Bob.SetRemoteDescriptionAsync(s_rollback);
            Assert.Same(transceiver, Assert.Single(pair.Bob.GetTransceivers()));
            Assert.Equal((null, null), (transceiver.Mid, transceiver.CurrentDirection));
            Assert.Empty(stream!.Tracks);

            // It was never negotiated: process remote tracks runs with no direction, which mutes nothing.
            Assert.Equal(0, muted);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rollback_OfAnOfferThatWouldNotReceive_TheTrackIsHeardAgain(bool byRemote)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var call = new CallWithMedia(pair);
            await call.StartAsync();
            var track = call.Bob.Receiver.Track;
            var (who, transceiver) = byRemote ? (pair.Alice, call.Alice) : (pair.Bob, call.Bob);
            transceiver.Direction = RtpTransceiverDirection.Inactive;
            await who.SetLocalDescriptionAsync();
            if (byRemote)
            {
                await pair.Bob.SetRemoteDescriptionAsync(who.LocalDescription!);
                Assert.True(track.IsMuted);
            }

            await pair.Bob.SetLocalDescriptionAsync(s_rollback);
            track.SetMuted(true);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(200));
            Assert.False(track.IsMuted);
            call.End();
        });
    }

    [Fact]
    public void Rollback_InStable_IsRefused()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => pair.Alice.SetLocalDescriptionAsync(s_rollback));
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => pair.Alice.SetRemoteDescriptionAsync(s_rollback));
        });
    }

    [Fact]
    public void Rollback_WithAnSdp_IgnoresIt()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Alice.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback, "not looked at"));
            Assert.Equal(SignalingState.Stable, pair.Alice.SignalingState);
        });
    }

    [Fact]
    public void ImplicitRollback_AddTrackedTransceivers_TakeUpTheRemoteSections()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("a"));
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("b"));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            Assert.Single(pair.Bob.GetTransceivers());
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Equal(RtpTransceiverDirection.SendRecv, pair.Alice.GetTransceivers()[0].CurrentDirection);
            Assert.Equal(RtpTransceiverDirection.SendRecv, pair.Bob.GetTransceivers()[0].CurrentDirection);
        });
    }

    [Fact]
    public void ImplicitRollback_AddTransceiveredOnes_KeepSectionsOfTheirOwn()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            pair.Bob.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            Assert.Equal([null, "0"], pair.Bob.GetTransceivers().Select(transceiver => transceiver.Mid));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await Pair.NegotiateAsync(pair.Bob, pair.Alice);
            Assert.Equal(["1", "0"], pair.Bob.GetTransceivers().Select(transceiver => transceiver.Mid));
        });
    }
}
