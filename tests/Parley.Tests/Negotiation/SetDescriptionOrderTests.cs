using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>webrtc-pc §4.4.1.5, "set the session description": its steps in their order.</summary>
public class SetDescriptionOrderTests
{
    private static readonly SessionDescription s_rollback = new(SdpType.Rollback);

    [Fact]
    public void RemoteOffer_EventsOfAllKinds_ComeInTheOrderOfTheSteps()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var first = pair.Alice.AddTransceiver(
                new MediaStreamTrack(MediaKind.Audio), new RtpTransceiverInit { Streams = [new MediaStream("s")] });
            var second = pair.Alice.AddTransceiver(
                new MediaStreamTrack(MediaKind.Audio),
                new RtpTransceiverInit { Direction = RtpTransceiverDirection.Inactive, Streams = [new MediaStream("s")] });
            MediaStream? stream = null;
            void Keep(object? sender, TrackEventArgs args) => stream = args.Streams[0];
            pair.Bob.TrackAdded += Keep;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            pair.Bob.TrackAdded -= Keep;

            var log = new List<string>();
            var muted = pair.Bob.GetReceivers()[0].Track;
            muted.SetMuted(false);
            pair.Bob.SignalingStateChanged += (_, _) => log.Add(pair.Bob.SignalingState.ToString());
            muted.Muted += (_, _) => log.Add("mute");
            stream!.TrackRemoved += (_, _) => log.Add("removetrack");
            stream.TrackAdded += (_, _) => log.Add("addtrack");
            pair.Bob.TrackAdded += (_, args) =>
            {
                Assert.Same(stream, Assert.Single(args.Streams));
                Assert.Same(pair.Bob.GetTransceivers()[1], args.Transceiver);
                Assert.Same(args.Transceiver.Receiver, args.Receiver);
                Assert.Same(args.Receiver.Track, args.Track);
                log.Add("track");
            };
            first.Direction = RtpTransceiverDirection.Inactive;
            second.Direction = RtpTransceiverDirection.SendRecv;
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            log.Add("promise");
            Assert.Equal(["HaveRemoteOffer", "mute", "removetrack", "addtrack", "track", "promise"], log);
        });
    }

    [Fact]
    public void RemoteOffer_RejectsASection_TheTrackEndsAfterThePromise()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var log = new List<string>();
            var track = pair.Bob.GetReceivers()[0].Track;
            track.SetMuted(false);
            track.Muted += (_, _) => log.Add("mute");
            track.Ended += (_, _) => log.Add("ended");
            transceiver.Stop();
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            log.Add("promise");
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
            Assert.Equal(["mute", "promise", "ended"], log);
        });
    }

    [Fact]
    public void RemoteOffer_HandlersThatThrow_StopNothing()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("a"));
            MediaStream? stream = null;
            pair.Bob.TrackAdded += (_, args) => stream ??= args.Streams[0];
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            stream!.TrackRemoved += (_, _) => throw new InvalidOperationException("a user's mistake");
            sender.SetStreams(new MediaStream("b"));
            var fired = 0;
            pair.Bob.TrackAdded += (_, _) => fired++;
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            Assert.Equal(1, fired);
            Assert.Contains("a user's mistake", Assert.Single(pair.Log.Errors));
            pair.Log.Errors.Clear();
        });
    }

    [Fact]
    public void RemoteOffer_WithoutMsid_PutsAllTracksInOneDefaultStream()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("a"));
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            var streams = new List<MediaStream>();
            pair.Bob.TrackAdded += (_, args) => streams.Add(Assert.Single(args.Streams));
            await pair.Alice.SetLocalDescriptionAsync();
            var offer = pair.Alice.LocalDescription!;
            await pair.Bob.SetRemoteDescriptionAsync(
                offer with
                {
                    Sdp = string.Join("\r\n", offer.Sdp.Split("\r\n").Where(line => !line.Contains("msid:", StringComparison.Ordinal))),
                });
            Assert.Equal(2, streams.Count);
            Assert.Same(streams[0], streams[1]);
            Assert.Equal(2, streams[0].Tracks.Count);
        });
    }

    [Fact]
    public void RemoteOffer_FewerSectionsThanTheOfferItReplaces_IsRefused()
    {
        // "validate back-to-back offers as if answers were applied in between".
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            var one = await pair.Alice.CreateOfferAsync();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            var two = await pair.Alice.CreateOfferAsync();
            await pair.Bob.SetRemoteDescriptionAsync(two);
            await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () => pair.Bob.SetRemoteDescriptionAsync(one));
            Assert.Equal(two.Sdp, pair.Bob.PendingRemoteDescription!.Sdp);
            await pair.Bob.SetRemoteDescriptionAsync(two);
        });
    }

    [Fact]
    public void LocalAnswer_MadeForTheOfferBefore_IsRefused()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Bob.SetRemoteDescriptionAsync(await pair.Alice.CreateOfferAsync());
            var stale = await pair.Bob.CreateAnswerAsync();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Video));
            await pair.Bob.SetRemoteDescriptionAsync(await pair.Alice.CreateOfferAsync());
            await Refused.WithAsync(RtcErrorNames.InvalidAccessError, () => pair.Bob.SetLocalDescriptionAsync(stale));
            await pair.Bob.SetLocalDescriptionAsync();
            Assert.Equal(2, pair.Bob.CurrentLocalDescription!.Sdp.Split("m=").Length - 1);
        });
    }

    [Fact]
    public void Offer_SetRolledBackAndSetAgain_Connects()
    {
        // [[LastCreatedOffer]] outlives a rollback: the same text may be set again.
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            var offer = await pair.Alice.CreateOfferAsync();
            await pair.Alice.SetLocalDescriptionAsync(offer);
            await pair.Alice.SetLocalDescriptionAsync(s_rollback);
            await pair.Alice.SetLocalDescriptionAsync(offer);
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
        });
    }

    [Fact]
    public void SetLocal_AfterRestartIce_DoesNotSetTheOfferMadeBefore()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var stale = await pair.Alice.CreateOfferAsync();
            pair.Alice.RestartIce();
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.NotEqual(UfragOf(stale), UfragOf(pair.Alice.LocalDescription!));
        });
    }

    [Fact]
    public void SetDescription_WhileParametersAreBeingSet_WaitsForThem()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var log = new List<string>();
            var sender = pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.CreateOfferAsync();
            pair.Alice.SignalingStateChanged += (_, _) => log.Add("state");
            async Task NoteAsync(Task task, string name)
            {
                await task;
                log.Add(name);
            }

            var parameters = sender.GetParameters();
            var description = NoteAsync(pair.Alice.SetLocalDescriptionAsync(), "description");
            var setting = NoteAsync(sender.SetParametersAsync(parameters), "parameters");
            await Task.WhenAll(description, setting);
            Assert.Equal(["parameters", "state", "description"], log);
        });
    }

    [Fact]
    public void RemoteOffer_InAPranswerState_IsRefusedAndChangesNothing()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Pranswer));
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            foreach (var connection in (PeerConnection[])[pair.Alice, pair.Bob])
            {
                var state = connection.SignalingState;
                await Refused.WithAsync(RtcErrorNames.InvalidStateError, () =>
                    connection.SetRemoteDescriptionAsync(pair.Alice.LocalDescription! with { Type = SdpType.Offer }));
                await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => connection.SetLocalDescriptionAsync(s_rollback));
                await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => connection.SetRemoteDescriptionAsync(s_rollback));
                Assert.Equal(state, connection.SignalingState);
            }

            // Without a type, have-remote-pranswer calls for an offer, which cannot be made there.
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => pair.Alice.SetLocalDescriptionAsync());
        });
    }

    [Fact]
    public void RemoteAnswer_RejectsTheDataSection_ForgetsTheAssociationAndComesToRest()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var fired = 0;
            pair.Alice.CreateDataChannel("d");
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.NotNull(pair.Alice.SctpTransport);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
            pair.Alice.NegotiationNeeded += (_, _) => fired++;
            await pair.Alice.SetRemoteDescriptionAsync(new SessionDescription(
                SdpType.Answer,
                "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
                + "a=mid:0\r\n"));
            Assert.Null(pair.Alice.SctpTransport);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, fired);
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await pair.Alice.SetLocalDescriptionAsync();

            // The next offer asks for data again.
            Assert.Contains(
                pair.Alice.LocalDescription!.Sdp.Split("\r\n"), line => line.StartsWith("m=application", StringComparison.Ordinal));
        });
    }

    private static string UfragOf(SessionDescription description) =>
        description.Sdp.Split("\r\n").First(line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal));
}
