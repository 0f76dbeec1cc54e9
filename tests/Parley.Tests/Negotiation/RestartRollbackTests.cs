using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// RFC 9429 §5.7: "any resources or candidates that were allocated by the abandoned local description are discarded". What the user sees of
/// a transport after the rollback of a restart is what was there before.
/// </summary>
public class RestartRollbackTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rollback_OfARestart_ShowsTheCandidatesAndTheGatheringOfBefore(bool gathersToTheEnd)
    {
        // A server that does not answer: gathering takes its time.
        var pair = new Pair(configuration: new PeerConnectionConfiguration { IceServers = [new IceServer("stun:10.0.0.99")] });
        pair.Run(Scenario, seconds: 400);

        async Task Scenario()
        {
            pair.TrickleBothWays();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.GatheredAsync(pair.Alice);
            var ice = pair.Alice.GetSenders()[0].Transport!.IceTransport;
            var before = Seen(ice);
            var text = pair.Alice.LocalDescription!.Sdp;
            Assert.Contains("a=end-of-candidates", text);

            var candidates = new List<string?>();
            var states = new List<string>();
            pair.Alice.RestartIce();
            pair.Alice.IceCandidateGathered += (_, args) => candidates.Add(args.Candidate?.Candidate);
            pair.Alice.IceGatheringStateChanged += (_, _) => states.Add($"{pair.Alice.IceGatheringState}");
            ice.GatheringStateChanged += (_, _) => states.Add($"transport {ice.GatheringState}");
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(gathersToTheEnd ? 60 : 1));
            Assert.Equal(gathersToTheEnd ? IceGatheringState.Complete : IceGatheringState.Gathering, ice.GatheringState);
            Assert.NotEqual(before, Seen(ice));
            var told = candidates.Count;
            await pair.Alice.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Rollback));
            Assert.Equal(before, Seen(ice));
            Assert.Equal(IceGatheringState.Complete, pair.Alice.IceGatheringState);
            Assert.Equal(text, pair.Alice.LocalDescription!.Sdp);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(60));
            Assert.Equal(before, Seen(ice));
            Assert.Equal(text, pair.Alice.LocalDescription!.Sdp);
            Assert.Equal(["transport Gathering", "Gathering", "transport Complete", "Complete"], states);

            // That all is gathered again is told as often as the state says so.
            Assert.Equal(gathersToTheEnd ? [] : [null], candidates.Skip(told));

            // The next offer restarts, and so it gathers and ends anew.
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(60));
            Assert.NotEqual(before, Seen(ice));
            Assert.Equal(["", null], candidates.Skip(told).TakeLast(2));
        }
    }

    [Fact]
    public void Rollback_OfARestartOffered_ByTheAnswererLeavesItsTransportAlone()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            pair.Alice.AddTrack(new MediaStreamTrack(MediaKind.Audio));
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.GatheredAsync(pair.Bob);
            var ice = pair.Bob.GetSenders()[0].Transport!.IceTransport;
            var before = Seen(ice);
            pair.Alice.RestartIce();
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
            await pair.Bob.CreateAnswerAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            await pair.Bob.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(before, Seen(ice));
        });
    }

    private static string Seen(IceTransport ice) => string.Join(
        '\n',
        [
            .. ice.GetLocalCandidates().Select(candidate => candidate.Candidate),
            .. ice.GetRemoteCandidates().Select(candidate => candidate.Candidate),
            $"{ice.GatheringState} {ice.GetLocalParameters()} {ice.GetRemoteParameters()} "
            + $"{ice.GetSelectedCandidatePair()?.Local.Candidate}",
        ]);
}
