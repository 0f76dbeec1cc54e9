using System.Net;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Transport;

/// <summary>Candidates whose address is a name (RFC 8839 §5.1, mDNS).</summary>
public class CandidateNameTests
{
    [Theory]
    [InlineData("turn.example.com")]
    [InlineData("localhost")]
    [InlineData("metadata.internal")]
    [InlineData("local")]
    [InlineData("a.local.example")]
    [InlineData("[]")]
    [InlineData("[")]
    [InlineData("[::1")]
    [InlineData("1.2.3")]
    [InlineData("999.1.1.1")]
    [InlineData("-")]
    [InlineData("%")]
    public void NameThatIsNotOfMdns_IsIgnoredAndNotLookedUp(string name)
    {
        var (pair, asked) = PairThatCounts();
        pair.Run(async () =>
        {
            await DescribeAsync(pair);
            await pair.Bob.SetLocalDescriptionAsync();
            await TryAddAsync(pair.Bob, $"candidate:1 1 udp 2113937151 {name} 5000 typ host");
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Empty(asked);

            // And the call goes on.
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            pair.TrickleBothWays();
            await pair.ConnectedAsync();
        });
    }

    [Fact]
    public void MdnsNames_FiveHundred_AreLookedUpSixteenAtATime()
    {
        var (pair, asked) = PairThatCounts();
        pair.Run(async () =>
        {
            await DescribeAsync(pair);
            await pair.Bob.SetLocalDescriptionAsync();
            for (var index = 0; index < 500; index++)
            {
                await TryAddAsync(pair.Bob, $"candidate:1 1 udp 2113937151 {index}.LOCAL 5000 typ host");
            }


            // Each look-up takes 5 ms, and so do 500 of them.
            Assert.InRange(asked.Count, 16, 100);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.InRange(asked.Count, 16, 100);
        });
    }

    [Theory]
    [InlineData("candidate:1 0 udp 2113937151 10.0.0.9 5000 typ host")]
    [InlineData("candidate:1 2 udp 2113937151 10.0.0.9 5000 typ host")]
    [InlineData("candidate:1 300 udp 2113937151 10.0.0.9 5000 typ host")]
    public void CandidateOfAnotherComponent_DoesNotDisturb(string candidate)
    {
        var (pair, _) = PairThatCounts();
        pair.Run(async () =>
        {
            await DescribeAsync(pair);
            await pair.Bob.SetLocalDescriptionAsync();
            await TryAddAsync(pair.Bob, candidate);
            await pair.GatheredAsync(pair.Bob);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            pair.TrickleBothWays();
            await pair.ConnectedAsync();
        });
    }

    [Fact]
    public void CandidateWithAName_ComesAfterItsPeerReflexiveTwin_TheSelectedPairShowsItsText()
    {
        var (pair, _) = PairThatCounts();
        pair.Run(async () =>
        {
            await DescribeAsync(pair);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            await pair.GatheredAsync(pair.Alice);
            var fromBob = pair.Bob.LocalDescription!;
            var ofAlice = pair.Alice.SctpTransport!.Transport.IceTransport.GetLocalCandidates().Single();

            // Alice has Bob's candidates, Bob has none of Alice's: her checks show him her address.
            await pair.Alice.SetRemoteDescriptionAsync(fromBob);
            await pair.ConnectedAsync();
            var transport = pair.Bob.SctpTransport!.Transport.IceTransport;
            var changes = 0;
            transport.SelectedCandidatePairChanged += (_, _) => changes++;
            Assert.Equal("", transport.GetSelectedCandidatePair()!.Remote.Candidate);

            pair.Simulator.Network.Names.Set("alice.local", "10.0.0.1");
            var text = ofAlice.Candidate.Replace("10.0.0.1", "alice.local", StringComparison.Ordinal);
            await pair.Bob.AddIceCandidateAsync(new IceCandidateInit(text, "0"));
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal("alice.local", transport.GetSelectedCandidatePair()!.Remote.Address);
            Assert.Equal(IceCandidateType.Host, transport.GetSelectedCandidatePair()!.Remote.Type);
            Assert.Equal(0, changes);
        });
    }

    [Fact]
    public void CandidateWithAnAddress_ComesAfterItsPeerReflexiveTwin_TheSelectedPairShowsItsText()
    {
        var (pair, _) = PairThatCounts();
        pair.Run(async () =>
        {
            await DescribeAsync(pair);
            await pair.Bob.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Bob);
            await pair.GatheredAsync(pair.Alice);
            await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();
            var transport = pair.Bob.SctpTransport!.Transport.IceTransport;
            Assert.Equal("", transport.GetSelectedCandidatePair()!.Remote.Candidate);

            var ofAlice = pair.Alice.SctpTransport!.Transport.IceTransport.GetLocalCandidates().Single();
            await pair.Bob.AddIceCandidateAsync(ofAlice);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(10));
            Assert.Equal(ofAlice.Candidate, transport.GetSelectedCandidatePair()!.Remote.Candidate);
        });
    }

    /// <summary>Bob has Alice's offer, without a candidate in it.</summary>
    private static async Task DescribeAsync(Pair pair)
    {
        pair.Alice.CreateDataChannel("data");
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
    }

    // Whether a text is refused or ignored is for other tests to say.
    private static async Task TryAddAsync(PeerConnection to, string candidate)
    {
        try
        {
            await to.AddIceCandidateAsync(new IceCandidateInit(candidate, "0"));
        }
        catch (RtcException error)
        {
            Assert.Equal(RtcErrorNames.OperationError, error.Name);
        }
    }

    private static (Pair Pair, List<string> Asked) PairThatCounts()
    {
        var asked = new List<string>();
        return (new Pair(attack: network => new NamesCounted(network, asked)), asked);
    }

    private sealed class NamesCounted(INetwork network, List<string> asked) : INetwork
    {
        public IReadOnlyList<LocalAddress> LocalAddresses => network.LocalAddresses;

        public IDatagramSocket Bind(TransportAddress local) => network.Bind(local);

        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default)
        {
            asked.Add(host);
            return network.ResolveAsync(host, cancellationToken);
        }
    }
}
