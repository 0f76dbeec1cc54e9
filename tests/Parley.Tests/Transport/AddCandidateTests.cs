using Parley.Media;

namespace Parley.Tests.Transport;

/// <summary>addIceCandidate (webrtc-pc §4.4.2) beyond its refusals: generations, descriptions, prohibited candidates.</summary>
public class AddCandidateTests
{
    private const string Candidate = "candidate:1 1 udp 2130706431 10.0.0.9 5000 typ host";

    [Fact]
    public void AddCandidate_WithoutFragment_GoesToEachDescriptionOfTheNewestGeneration() =>
        InSecondOffer(restart: false, async (pair, _, _) =>
        {
            await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, "0"));
            Assert.Contains(Candidate, pair.Bob.PendingRemoteDescription!.Sdp);
            Assert.Contains(Candidate, pair.Bob.CurrentRemoteDescription!.Sdp);
        });

    [Fact]
    public void AddCandidate_OfARestart_GoesToTheDescriptionOfItsGenerationAlone() =>
        InSecondOffer(restart: true, async (pair, old, fresh) =>
        {
            await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, "0"));
            Assert.Contains(Candidate, pair.Bob.PendingRemoteDescription!.Sdp);
            Assert.DoesNotContain(Candidate, pair.Bob.CurrentRemoteDescription!.Sdp);

            var late = Candidate.Replace("5000", "5001", StringComparison.Ordinal);
            await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(late, null, 0, old));
            Assert.DoesNotContain(late, pair.Bob.PendingRemoteDescription!.Sdp);
            Assert.Contains(late, pair.Bob.CurrentRemoteDescription!.Sdp);

            await pair.Bob.AddIceCandidateAsync(new IceCandidateInit("", null, null, fresh));
            Assert.Contains("a=end-of-candidates", pair.Bob.PendingRemoteDescription!.Sdp);
            Assert.DoesNotContain("a=end-of-candidates", pair.Bob.CurrentRemoteDescription!.Sdp);
        });

    [Fact]
    public void AddCandidate_EndWithAnUnknownFragmentAndNoSection_IsIgnored() => InSecondOffer(restart: false, async (pair, _, _) =>
    {
        await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(UsernameFragment: "none"));
        Assert.DoesNotContain("a=end-of-candidates", pair.Bob.CurrentRemoteDescription!.Sdp);
        await pair.Bob.AddIceCandidateAsync((IceCandidate?)null);
        Assert.Contains("a=end-of-candidates", pair.Bob.CurrentRemoteDescription!.Sdp);
    });

    [Fact]
    public void AddCandidate_OnABadPort_IsTakenAndNeverConnectedTo()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate.Replace("5000", "5060", StringComparison.Ordinal), "0"));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Contains("10.0.0.9 5060", pair.Bob.RemoteDescription!.Sdp);
            Assert.Equal(IceConnectionState.New, pair.Bob.IceConnectionState);
            await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, "0"));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(IceConnectionState.Checking, pair.Bob.IceConnectionState);
        });
    }

    [Fact]
    public void AddCandidate_WhoseConnectionClosesMeanwhile_NeverSettles()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var promises = new[]
            {
                pair.Bob.AddIceCandidateAsync(new IceCandidateInit(Candidate, "0")),
                pair.Bob.AddIceCandidateAsync(new IceCandidateInit("candidate:nonsense", "0")),
            };
            pair.Bob.Close();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.All(promises, promise => Assert.False(promise.IsCompleted));
        });
    }

    [Fact]
    public void Peer_ThatDoesNotTrickle_NeedsNoEndOfCandidatesToComplete()
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
            await pair.Bob.SetRemoteDescriptionAsync(Plain(pair.Alice.LocalDescription!));
            Assert.False(pair.Bob.CanTrickleIceCandidates);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            await pair.Alice.SetRemoteDescriptionAsync(Plain(pair.Bob.LocalDescription!));
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(2));
            Assert.Equal(
                (IceConnectionState.Completed, IceConnectionState.Completed), (pair.Alice.IceConnectionState, pair.Bob.IceConnectionState));
        });

        static SessionDescription Plain(SessionDescription description) => description with
        {
            Sdp = string.Join(
                "\r\n", description.Sdp.Split("\r\n").Where(line =>
                    line != "a=end-of-candidates" && !line.StartsWith("a=ice-options:", StringComparison.Ordinal))),
        };
    }

    private static void InSecondOffer(bool restart, Func<Pair, string, string, Task> test)
    {
        var pair = new Pair();
        pair.Run(async () =>
        {
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            var old = UfragOf(pair.Alice.LocalDescription!);
            var offer = await pair.Alice.CreateOfferAsync(new OfferOptions { IceRestart = restart });
            await pair.Alice.SetLocalDescriptionAsync(offer);

            // Without the candidates that have been gathered meanwhile.
            await pair.Bob.SetRemoteDescriptionAsync(
                offer with { Sdp = string.Join("\r\n", offer.Sdp.Split("\r\n").Where(line => line != "a=end-of-candidates")) });
            await test(pair, old, UfragOf(offer));
        });

        static string UfragOf(SessionDescription description) =>
            description.Sdp.Split("\r\n").First(text => text.StartsWith("a=ice-ufrag:", StringComparison.Ordinal))["a=ice-ufrag:".Length..];
    }
}
