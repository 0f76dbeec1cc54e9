using Parley.Media;

namespace Parley.Tests;

/// <summary>"Close the connection" (webrtc-pc §4.4.2), step by step.</summary>
public class CloseProcedureTests
{
    [Fact]
    public void Close_OnALiveCall_SetsEachStateAtOnceAndRaisesNothingButTheEndOfTracks()
    {
        var call = new CallWithMedia(new Pair());
        var pair = call.Pair;
        pair.Run(async () =>
        {
            var channel = pair.Alice.CreateDataChannel("words");
            await call.StartAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var added = pair.Alice.AddTransceiver(MediaKind.Video);
            var stopped = pair.Alice.AddTransceiver(MediaKind.Video);
            stopped.Stop();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var dtmf = call.Alice.Sender.Dtmf!;
            Assert.True(dtmf.CanInsertDtmf);
            dtmf.InsertDtmf("123456", duration: 500);
            channel.BufferedAmountLowThreshold = 10;
            channel.Send(new byte[100_000]);
            var seen = Watch(pair.Alice, channel, call.Alice, added, stopped);
            var dtls = call.Alice.Sender.Transport!;
            var sctp = pair.Alice.SctpTransport!;
            var gathered = dtls.IceTransport.GetLocalCandidates().Count;

            pair.Alice.Close();

            Assert.Equal(SignalingState.Closed, pair.Alice.SignalingState);
            foreach (var transceiver in (RtpTransceiver[])[call.Alice, added, stopped])
            {
                Assert.Equal(
                    (RtpTransceiverDirection.Stopped, RtpTransceiverDirection.Stopped),
                    (transceiver.Direction, transceiver.CurrentDirection));
            }

            Assert.Equal(MediaStreamTrackState.Live, call.Alice.Sender.Track!.ReadyState);
            Assert.Equal([call.Alice, added, stopped], pair.Alice.GetTransceivers());
            Assert.Equal(DataChannelState.Closed, channel.ReadyState);
            Assert.Equal(SctpTransportState.Closed, sctp.State);
            Assert.Same(sctp, pair.Alice.SctpTransport);
            Assert.Same(dtls, call.Alice.Sender.Transport);
            Assert.Equal(DtlsTransportState.Closed, dtls.State);
            Assert.Equal(IceTransportState.Closed, dtls.IceTransport.State);
            Assert.Null(dtls.IceTransport.GetSelectedCandidatePair());
            Assert.Equal(gathered, dtls.IceTransport.GetLocalCandidates().Count);
            Assert.Equal(IceConnectionState.Closed, pair.Alice.IceConnectionState);
            Assert.Equal(PeerConnectionState.Closed, pair.Alice.ConnectionState);
            Assert.Equal(IceGatheringState.Complete, pair.Alice.IceGatheringState);
            Assert.False(dtmf.CanInsertDtmf);
            Assert.Empty(seen);

            await pair.Simulator.Delay(TimeSpan.FromSeconds(30));
            Assert.Equal(["ended", "ended"], seen);
            Assert.All(pair.Alice.GetReceivers(), receiver => Assert.Equal(MediaStreamTrackState.Ended, receiver.Track.ReadyState));
            call.End();
        });
    }

    [Fact]
    public void Close_WithOperationsUnderWay_LeavesTheirPromisesPendingAndRefusesNewOnes()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var sender = pair.Alice.GetSenders()[0];
            var parameters = sender.GetParameters();
            Task[] pending =
            [
                pair.Alice.CreateOfferAsync(),
                pair.Alice.SetLocalDescriptionAsync(),
                pair.Alice.SetRemoteDescriptionAsync(pair.Alice.RemoteDescription!),
                pair.Alice.AddIceCandidateAsync(new IceCandidateInit("", "0")),
                sender.ReplaceTrackAsync(null),
            ];
            pair.Alice.Close();
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => sender.SetParametersAsync(parameters));
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => pair.Alice.CreateOfferAsync());
            Refused.With(RtcErrorNames.InvalidStateError, () => sender.Dtmf!.InsertDtmf("1"));
            Assert.NotNull((await pair.Alice.GetStatsAsync()).Values.OfType<TransportStats>().First());
            await pair.Simulator.Delay(TimeSpan.FromSeconds(60));
            Assert.DoesNotContain(pending, task => task.IsCompleted);
        });
    }

    [Fact]
    public void Close_InTheFirstEventOfADescription_LetsTheOthersOfThatTaskComeAndLeavesThePromisePending()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio), new MediaStream("s"));
            await pair.Alice.SetLocalDescriptionAsync();
            var seen = new List<string>();
            pair.Bob.SignalingStateChanged += (_, _) =>
            {
                seen.Add($"{pair.Bob.SignalingState}");
                pair.Bob.Close();
            };
            pair.Bob.TrackAdded += (_, args) => seen.Add($"track {args.Transceiver.Direction}");
            var promise = pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(10));
            Assert.Equal(["HaveRemoteOffer", "track Stopped"], seen);
            Assert.False(promise.IsCompleted);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Close_WithManyChannels_ClosesThemAllAtOnce(bool connected)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var channels = Enumerable.Range(0, 24)
                .Select(i =>
                    pair.Alice.CreateDataChannel(
                        $"{i}", i % 2 == 0 ? new DataChannelInit { Negotiated = true, Id = (ushort)(100 + i) } : null))
                .ToArray();
            var events = 0;
            foreach (var channel in channels)
            {
                channel.Closed += (_, _) => events++;
                channel.Closing += (_, _) => events++;
                channel.ErrorOccurred += (_, _) => events++;
            }

            if (connected)
            {
                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await pair.ConnectedAsync();
                await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
                Assert.All(channels, channel => Assert.Equal(DataChannelState.Open, channel.ReadyState));
            }

            pair.Alice.Close();
            Assert.All(channels, channel => Assert.Equal(DataChannelState.Closed, channel.ReadyState));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(0, events);
        });
    }

    [Fact]
    public void Close_AtOneEnd_ByTheAbortOfItsAssociation_ClosesThePeersChannels()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.CreateDataChannel("words");
            var there = new TaskCompletionSource<DataChannel>();
            pair.Bob.DataChannelAdded += (_, args) => there.TrySetResult(args.Channel);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var channel = await there.Task;
            var closed = new TaskCompletionSource();
            channel.Closed += (_, _) => closed.TrySetResult();
            var at = pair.Simulator.Now;
            pair.Alice.Close();
            await closed.Task;
            Assert.InRange((pair.Simulator.Now - at).TotalMilliseconds, 0, 500);
            Assert.Equal(SctpTransportState.Closed, pair.Bob.SctpTransport!.State);
            Assert.NotEqual(SignalingState.Closed, pair.Bob.SignalingState);
        });
    }

    private static List<string> Watch(PeerConnection connection, DataChannel channel, params RtpTransceiver[] transceivers)
    {
        var seen = new List<string>();
        connection.NegotiationNeeded += (_, _) => seen.Add("negotiationneeded");
        connection.IceCandidateGathered += (_, _) => seen.Add("icecandidate");
        connection.IceCandidateError += (_, _) => seen.Add("icecandidateerror");
        connection.SignalingStateChanged += (_, _) => seen.Add("signalingstatechange");
        connection.IceConnectionStateChanged += (_, _) => seen.Add("iceconnectionstatechange");
        connection.IceGatheringStateChanged += (_, _) => seen.Add("icegatheringstatechange");
        connection.ConnectionStateChanged += (_, _) => seen.Add("connectionstatechange");
        connection.TrackAdded += (_, _) => seen.Add("track");
        connection.DataChannelAdded += (_, _) => seen.Add("datachannel");
        connection.SctpTransport!.StateChanged += (_, _) => seen.Add("sctp");
        channel.Closed += (_, _) => seen.Add("close");
        channel.Closing += (_, _) => seen.Add("closing");
        channel.ErrorOccurred += (_, _) => seen.Add("error");
        channel.BufferedAmountLow += (_, _) => seen.Add("bufferedamountlow");
        foreach (var transceiver in transceivers)
        {
            transceiver.Receiver.Track.Ended += (_, _) => seen.Add("ended");
            transceiver.Receiver.Track.Muted += (_, _) => seen.Add("mute");
            transceiver.Receiver.Track.Unmuted += (_, _) => seen.Add("unmute");
            if (transceiver.Sender.Dtmf is { } dtmf)
            {
                dtmf.ToneChanged += (_, _) => seen.Add("tonechange");
            }

            if (transceiver.Sender.Transport is { } dtls)
            {
                dtls.StateChanged += (_, _) => seen.Add("dtls");
                dtls.ErrorOccurred += (_, _) => seen.Add("dtls error");
                dtls.IceTransport.StateChanged += (_, _) => seen.Add("ice");
                dtls.IceTransport.GatheringStateChanged += (_, _) => seen.Add("gathering");
                dtls.IceTransport.SelectedCandidatePairChanged += (_, _) => seen.Add("pair");
            }
        }

        return seen;
    }
}
