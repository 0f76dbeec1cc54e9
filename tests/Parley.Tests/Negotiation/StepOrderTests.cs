using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>webrtc-pc: which of two tasks, events and promises comes first.</summary>
public class StepOrderTests
{
    private static readonly SessionDescription s_rollback = new(SdpType.Rollback);

    [Fact]
    public void Stop_TheTrackEndsBeforeNegotiationIsNeeded()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var log = new List<string>();
            pair.Alice.NegotiationNeeded += (_, _) => log.Add("negotiationneeded");
            transceiver.Receiver.Track.Ended += (_, _) => log.Add("ended");
            transceiver.Stop();
            log.Add("returned");
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(["returned", "ended", "negotiationneeded"], log);
        });
    }

    [Fact]
    public void Answer_BundlesAwayTheTransportThatGathers_EndsGatheringWithTheNullCandidate()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat });
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            var apart = string.Join(
                "\r\n",
                pair.Alice.LocalDescription!.Sdp.Split("\r\n").Where(line => !line.StartsWith("a=group:BUNDLE", StringComparison.Ordinal)));
            await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, apart));
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.GatheredAsync(pair.Alice);

            // A server that does not answer: the second transport gathers for long.
            pair.Alice.SetConfiguration(pair.Alice.GetConfiguration() with { IceServers = [new IceServer("stun:10.9.9.9:3478")] });
            var log = LogGathering(pair.Alice);
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await Pair.UntilAsync(pair.Alice, () => pair.Alice.IceGatheringState == IceGatheringState.Gathering);
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            Assert.Same(pair.Alice.GetSenders()[0].Transport, pair.Alice.GetSenders()[1].Transport);
            Assert.Equal(["Gathering", "Complete", "null"], log);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(60));
            Assert.Equal(3, log.Count);
        }, seconds: 120);
    }

    [Fact]
    public void Gathering_OfNoTransport_ThenOfOne_ThenOfTwoMore_IsToldOnceEach()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = BundlePolicy.MaxCompat });
        pair.Run(async () =>
        {
            var log = LogGathering(pair.Alice);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
            Assert.Empty(log);
            await pair.Alice.SetLocalDescriptionAsync(s_rollback);

            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Equal(IceGatheringState.New, pair.Alice.IceGatheringState);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
            Assert.Equal(["Gathering", "end of 0", "Complete", "null"], log);

            log.Clear();
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            await pair.Alice.SetLocalDescriptionAsync();
            Assert.Equal(IceGatheringState.Complete, pair.Alice.IceGatheringState);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
            Assert.Equal(["Gathering", "end of 1", "end of 2", "Complete", "null"], log);
        });
    }

    [Fact]
    public void Rollback_WhileTheFirstOfferGathers_GoesBackToNewAndSaysNoMore()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { IceServers = [new IceServer("stun:10.9.9.9:3478")] });
        pair.Run(async () =>
        {
            var log = LogGathering(pair.Alice);
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await Pair.UntilAsync(pair.Alice, () => pair.Alice.IceGatheringState == IceGatheringState.Gathering);
            await pair.Alice.SetLocalDescriptionAsync(s_rollback);
            Assert.Equal(["Gathering", "New"], log);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(60));
            Assert.Equal(2, log.Count);
        }, seconds: 120);
    }

    [Fact]
    public void Close_InTheEventOfARollback_LeavesNoTransportOpen()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            var transceiver = pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            var transport = transceiver.Sender.Transport!;
            var closed = new TaskCompletionSource();
            pair.Alice.SignalingStateChanged += (_, _) =>
            {
                Assert.Null(transceiver.Sender.Transport);
                pair.Alice.Close();
                Assert.Equal(DtlsTransportState.Closed, transport.State);
                Assert.Equal(IceTransportState.Closed, transport.IceTransport.State);
                closed.SetResult();
            };
            var promise = pair.Alice.SetLocalDescriptionAsync(s_rollback);
            await closed.Task;
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.False(promise.IsCompleted);
        });
    }

    [Fact]
    public void RemoteOffer_ThatCannotBeReadInHaveLocalOffer_LeavesTheRollbackDone()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            var log = new List<string>();
            pair.Alice.SignalingStateChanged += (_, _) => log.Add(pair.Alice.SignalingState.ToString());
            pair.Alice.NegotiationNeeded += (_, _) => log.Add("negotiationneeded");
            await Assert.ThrowsAsync<RtcError>(() =>
                pair.Alice.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, "Invalid SDP")));
            Assert.Null(pair.Alice.LocalDescription);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(["Stable", "negotiationneeded"], log);
        });
    }

    [Fact]
    public void ImplicitRollback_TwoEvents_ThenThePromise_ThenTheCandidateThatWaited()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Bob.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetLocalDescriptionAsync();
            var log = new List<string>();
            pair.Alice.SignalingStateChanged += (_, _) => log.Add(pair.Alice.SignalingState.ToString());
            pair.Alice.NegotiationNeeded += (_, _) => log.Add("negotiationneeded");
            var offer = LogAsync(pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!), "offer");
            var candidate = LogAsync(pair.Alice.AddIceCandidateAsync(), "candidate");
            await Task.WhenAll(offer, candidate);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(["Stable", "HaveRemoteOffer", "offer", "candidate"], log);

            async Task LogAsync(Task promise, string name)
            {
                await promise;
                log.Add(name);
            }
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Needed_SinceTheOfferWasOut_ComesAfterThePromiseOfTheAnswer_UnlessThatOffersAtOnce(bool offersAtOnce)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            var log = new List<string>();
            pair.Alice.NegotiationNeeded += (_, _) => log.Add("negotiationneeded");
            pair.Alice.SignalingStateChanged += (_, _) => log.Add(pair.Alice.SignalingState.ToString());
            pair.Alice.AddTransceiver(MediaKind.Video);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            log.Add("promise");
            if (offersAtOnce)
            {
                await pair.Alice.SetLocalDescriptionAsync();
            }

            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(["Stable", "promise", offersAtOnce ? "HaveLocalOffer" : "negotiationneeded"], log);
        });
    }

    [Fact]
    public void AddTrack_WhileARemoteOfferIsBeingSet_TakesUpItsSection()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            var promise = pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            Assert.Empty(pair.Bob.GetTransceivers());
            pair.Bob.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await promise;
            Assert.Equal("0", Assert.Single(pair.Bob.GetTransceivers()).Mid);
        });
    }

    private static List<string> LogGathering(PeerConnection connection)
    {
        var log = new List<string>();
        connection.IceGatheringStateChanged += (_, _) => log.Add(connection.IceGatheringState.ToString());
        connection.IceCandidateGathered += (_, args) =>
        {
            if (args.Candidate is not { Candidate.Length: > 0 })
            {
                log.Add(args.Candidate is null ? "null" : $"end of {args.Candidate.SdpMid}");
            }
        };
        return log;
    }
}
