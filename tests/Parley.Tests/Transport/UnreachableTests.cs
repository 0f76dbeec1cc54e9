using Parley.Simulation;

namespace Parley.Tests.Transport;

/// <summary>What a call says of itself when nothing that it knows leads to the peer.</summary>
public class UnreachableTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DeadCandidate_TheConnectionFailsAfterFifteenSeconds_TheTransportOnlyOnceTheEndOfCandidatesIsTold(bool isEndTold)
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                await DescribeAsync(pair);
                var from = pair.Simulator.Now;
                await AddCandidateAsync(pair.Alice, "10.0.0.99");
                if (isEndTold)
                {
                    await pair.Alice.AddIceCandidateAsync();
                }

                await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Failed);
                Assert.InRange((pair.Simulator.Now - from).TotalSeconds, 14.9, 15.5);
                Assert.Equal(IceConnectionState.Disconnected, pair.Alice.IceConnectionState);
                Assert.Equal(IceTransportState.Disconnected, pair.Alice.SctpTransport!.Transport.IceTransport.State);

                await pair.Simulator.Delay(TimeSpan.FromSeconds(120));
                Assert.Equal(isEndTold ? IceConnectionState.Failed : IceConnectionState.Disconnected, pair.Alice.IceConnectionState);
                Assert.Equal(PeerConnectionState.Failed, pair.Alice.ConnectionState);
            },
            seconds: 200);
    }

    [Fact]
    public void PeerThatNeverTellsACandidate_TheConnectionFails()
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                await DescribeAsync(pair);
                await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Failed);
                Assert.Equal(IceConnectionState.Disconnected, pair.Alice.IceConnectionState);
            },
            seconds: 60);
    }

    [Fact]
    public void CandidateThatWorks_ComesAfterTheFailure_Connects()
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                var states = new List<PeerConnectionState>();
                pair.Alice.ConnectionStateChanged += (_, _) => states.Add(pair.Alice.ConnectionState);
                await DescribeAsync(pair);
                await AddCandidateAsync(pair.Alice, "10.0.0.99");
                await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Failed);
                foreach (var line in pair.Bob.LocalDescription!.Sdp.Split("\r\n").Where(line =>
                    line.StartsWith("a=candidate:", StringComparison.Ordinal)))
                {
                    await pair.Alice.AddIceCandidateAsync(new IceCandidateInit(line[2..], "0"));
                }

                await pair.ConnectedAsync();
                Assert.Equal(
                    [
                        PeerConnectionState.Connecting, PeerConnectionState.Failed, PeerConnectionState.Connecting,
                        PeerConnectionState.Connected,
                    ], states);
            },
            seconds: 60);
    }

    [Fact]
    public void ConsentLost_EndOfCandidatesNotTold_TheTransportIsDisconnectedAndTheConnectionFailed()
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                Withhold(pair.Alice, pair.Bob);
                Withhold(pair.Bob, pair.Alice);
                pair.Alice.CreateDataChannel("data");
                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await pair.ConnectedAsync();
                pair.Simulator.Network.Partition(pair.AliceHost, pair.BobHost);
                await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Failed);
                Assert.Equal(IceConnectionState.Disconnected, pair.Alice.IceConnectionState);
            },
            seconds: 90);

        // All but the end.
        static void Withhold(PeerConnection from, PeerConnection to) => from.IceCandidateGathered += async (_, args) =>
        {
            if (args.Candidate is { Candidate.Length: > 0 } candidate)
            {
                await to.AddIceCandidateAsync(candidate);
            }
        };
    }

    /// <summary>Both descriptions, without a candidate of Bob's and without their end.</summary>
    private static async Task DescribeAsync(Pair pair)
    {
        pair.Alice.CreateDataChannel("data");
        await pair.Alice.SetLocalDescriptionAsync();
        var offer = new SessionDescription(SdpType.Offer, WithoutCandidates(pair.Alice.LocalDescription!.Sdp));
        await pair.Bob.SetRemoteDescriptionAsync(offer);
        await pair.Bob.SetLocalDescriptionAsync();
        await pair.GatheredAsync(pair.Bob);
        await pair.Alice.SetRemoteDescriptionAsync(
            new SessionDescription(SdpType.Answer, WithoutCandidates(pair.Bob.LocalDescription!.Sdp)));
    }

    private static string WithoutCandidates(string sdp) => string.Concat(
        sdp.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("a=candidate:", StringComparison.Ordinal) && line != "a=end-of-candidates")
            .Select(line => line + "\r\n"));

    private static Task AddCandidateAsync(PeerConnection to, string address) =>
        to.AddIceCandidateAsync(new IceCandidateInit($"candidate:1 1 udp 2113937151 {address} 5000 typ host", "0"));
}
