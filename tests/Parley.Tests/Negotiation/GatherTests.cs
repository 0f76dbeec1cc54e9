using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>One description with all its candidates.</summary>
public class GatherTests
{
    [Theory]
    [InlineData(BundlePolicy.Balanced)]
    [InlineData(BundlePolicy.MaxCompat)]
    [InlineData(BundlePolicy.MaxBundle)]
    public void OfferAndAnswer_Gathered_AreWholeAndConnect(BundlePolicy policy)
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { BundlePolicy = policy });
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            pair.Alice.AddTransceiver(MediaKind.Video);
            pair.Alice.CreateDataChannel("words");
            var offer = await pair.Alice.SetLocalDescriptionAndGatherAsync();
            Assert.Equal((SdpType.Offer, IceGatheringState.Complete), (offer.Type, pair.Alice.IceGatheringState));
            ExpectWhole(offer);
            Assert.Equal(policy switch { BundlePolicy.MaxBundle => 1, _ => 3 }, offer.Sdp.Split("a=end-of-candidates").Length - 1);
            await pair.Bob.SetRemoteDescriptionAsync(offer);
            var answer = await pair.Bob.SetLocalDescriptionAndGatherAsync();
            Assert.Equal(SdpType.Answer, answer.Type);
            ExpectWhole(answer);
            await pair.Alice.SetRemoteDescriptionAsync(answer);
            await pair.ConnectedAsync();

            // There is nothing more to gather; and after a restart all of it again.
            pair.Alice.AddTransceiver(MediaKind.Video);
            ExpectWhole(await pair.Alice.SetLocalDescriptionAndGatherAsync());
            await pair.Alice.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
            pair.Alice.RestartIce();
            var restart = await pair.Alice.SetLocalDescriptionAndGatherAsync();
            ExpectWhole(restart);
            Assert.NotEqual(UfragOf(offer), UfragOf(restart));
            await pair.Bob.SetRemoteDescriptionAsync(restart);
            ExpectWhole(await pair.Bob.SetLocalDescriptionAndGatherAsync());
        });
    }

    [Fact]
    public void Gather_OfNothing_ReturnsAtOnce()
    {
        var pair = new Pair();
        pair.Run(async () =>
            Assert.DoesNotContain("m=", (await pair.Alice.SetLocalDescriptionAndGatherAsync()).Sdp, StringComparison.Ordinal));
    }

    [Fact]
    public void Gather_Cancelled_LeavesTheDescriptionSet()
    {
        var pair = new Pair(configuration: WithSilentServer());
        pair.Run(async () =>
        {
            pair.Alice.CreateDataChannel("words");
            using var patience = new CancellationTokenSource();
            var gathering = pair.Alice.SetLocalDescriptionAndGatherAsync(patience.Token);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.False(gathering.IsCompleted);
            patience.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gathering);
            Assert.Contains("a=candidate:", pair.Alice.LocalDescription!.Sdp);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Bob.SetLocalDescriptionAndGatherAsync(patience.Token));
            Assert.Null(pair.Bob.LocalDescription);
        });
    }

    [Fact]
    public void Gather_WithAServerThatIsSilent_WaitsForItsEnd()
    {
        var pair = new Pair(configuration: WithSilentServer());
        pair.Run(async () =>
        {
            pair.Alice.CreateDataChannel("words");
            var before = pair.Simulator.Now;
            ExpectWhole(await pair.Alice.SetLocalDescriptionAndGatherAsync());
            Assert.InRange(pair.Simulator.Now - before, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(59));
        });
    }

    [Fact]
    public void Gather_ClosedOrRolledBackMeanwhile_SaysSo()
    {
        var pair = new Pair(configuration: WithSilentServer());
        pair.Run(async () =>
        {
            pair.Alice.CreateDataChannel("words");
            pair.Bob.CreateDataChannel("words");
            var (closed, rolledBack) = (pair.Alice.SetLocalDescriptionAndGatherAsync(), pair.Bob.SetLocalDescriptionAndGatherAsync());
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            pair.Alice.Close();
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => closed);
            await pair.Bob.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => rolledBack);
            await Refused.WithAsync(RtcErrorNames.InvalidStateError, () => pair.Alice.SetLocalDescriptionAndGatherAsync());
        });
    }

    [Fact]
    public async Task Gather_AsManyAtOnce_OnRealSockets()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            await using var connection = new PeerConnection(platform: Parley.Net.Platform.Loopback);
            connection.CreateDataChannel("words");
            ExpectWhole(await connection.SetLocalDescriptionAndGatherAsync().WaitAsync(Patience.Limit));
        }));
    }

    private static PeerConnectionConfiguration WithSilentServer() => new() { IceServers = [new IceServer("stun:10.0.0.99:3478")] };

    private static string UfragOf(SessionDescription description) =>
        description.Sdp.Split("\r\n").First(line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal));

    private static void ExpectWhole(SessionDescription description)
    {
        var sections = description.Sdp.Split("\r\nm=").Skip(1).ToArray();
        Assert.Contains("a=candidate:", sections[0]);

        // Sections that share a transport may leave its candidates to the first.
        Assert.All(sections, section =>
            Assert.Equal(
                section.Contains("a=candidate:", StringComparison.Ordinal),
                section.Contains("a=end-of-candidates", StringComparison.Ordinal)));
    }
}
