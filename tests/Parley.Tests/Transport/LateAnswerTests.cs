using Parley.Simulation;
using Parley.Tests.Configuration;

namespace Parley.Tests.Transport;

/// <summary>Time that passes between the descriptions, and paths by which only STUN passes.</summary>
public class LateAnswerTests
{
    private const string Text = "through";

    /// <summary>Copy and paste, or a SIP fork: the answerer has checked, and begun its handshake, long before.</summary>
    [Theory]
    [InlineData(35)]
    [InlineData(60)]
    [InlineData(200)]
    [InlineData(500)]
    public void AnswerThatReachesTheOffererLate_Connects(int seconds)
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                var (channel, received) = Channel(pair);
                await OfferAndAnswerAsync(pair);
                await pair.Simulator.Delay(TimeSpan.FromSeconds(seconds));
                Assert.NotEqual(PeerConnectionState.Failed, pair.Bob.ConnectionState);
                await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
                await ConnectedAsync(pair, channel, received, within: 10);
            },
            seconds: seconds + 60);
    }

    /// <summary>The answerer's checks do not even arrive: each NAT lets in only whom its host has sent to.</summary>
    [Theory]
    [InlineData(35)]
    [InlineData(200)]
    public void AnswerThatReachesTheOffererLate_BetweenNats_Connects(int seconds)
    {
        var simulator = new Simulator(1);
        var log = new ErrorCollector();
        var behavior = new NatBehavior { Filtering = NatDependence.AddressAndPortDependent, MappingTimeout = TimeSpan.FromSeconds(30) };
        var alice = Peer(simulator, simulator.Network.AddNat("a", behavior, "203.0.113.1").AddHost("alice", "10.0.0.5"), log);
        var bob = Peer(simulator, simulator.Network.AddNat("b", behavior, "203.0.113.2").AddHost("bob", "10.1.0.5"), log);
        var server = new TestStunServer(simulator.AddHost("stun", "198.51.100.1"), "198.51.100.1") { ToldAddress = null };
        simulator.Run(
            async () =>
            {
                alice.CreateDataChannel("data");
                await alice.SetLocalDescriptionAsync();
                await Pair.UntilAsync(alice, () => alice.IceGatheringState == IceGatheringState.Complete);
                await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
                await bob.SetLocalDescriptionAsync();
                await Pair.UntilAsync(bob, () => bob.IceGatheringState == IceGatheringState.Complete);
                await simulator.Delay(TimeSpan.FromSeconds(seconds));
                await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
                await Pair.UntilAsync(alice, () => alice.ConnectionState == PeerConnectionState.Connected);
                await Pair.UntilAsync(bob, () => bob.ConnectionState == PeerConnectionState.Connected);
            },
            TimeSpan.FromSeconds(seconds + 40));
        Assert.Empty(log.Errors);
        Assert.True(server.Requests > 0);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(50)]
    public void OnlyStunPassesForSomeTime_ConnectsOnceDtlsPasses(int seconds)
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                FilterDtls(pair, isOn: true);
                var (channel, received) = Channel(pair);
                await OfferAndAnswerAsync(pair);
                await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
                await pair.Simulator.Delay(TimeSpan.FromSeconds(seconds));
                FilterDtls(pair, isOn: false);
                await ConnectedAsync(pair, channel, received, within: 10);
            },
            seconds: 120);
    }

    [Fact]
    public void OnlyStunPassesForEver_BothSidesFail()
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                FilterDtls(pair, isOn: true);
                Channel(pair);
                await OfferAndAnswerAsync(pair);
                await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
                await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Failed);
                await Pair.UntilAsync(pair.Bob, () => pair.Bob.ConnectionState == PeerConnectionState.Failed);
            },
            seconds: 90);
    }

    [Fact]
    public void OnlyStunPasses_AnIceRestartGivesTheHandshakeItsTimeAnew()
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                FilterDtls(pair, isOn: true);
                var (channel, received) = Channel(pair);
                await OfferAndAnswerAsync(pair);
                await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
                await pair.Simulator.Delay(TimeSpan.FromSeconds(50));
                pair.Alice.RestartIce();
                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await pair.Simulator.Delay(TimeSpan.FromSeconds(40));
                FilterDtls(pair, isOn: false);
                await ConnectedAsync(pair, channel, received, within: 10);
            },
            seconds: 200);
    }

    /// <summary>DTLS is up, and nothing else passes for two minutes: the association's first chunks are repeated until they do.</summary>
    [Fact]
    public void ApplicationDataDoesNotPassForTwoMinutes_TheChannelOpensOnceItDoes()
    {
        var pair = new Pair();
        pair.Run(
            async () =>
            {
                Filter(pair, static datagram => datagram[0] != 23);
                var (channel, received) = Channel(pair);
                await OfferAndAnswerAsync(pair);
                await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
                await pair.ConnectedAsync();
                await pair.Simulator.Delay(TimeSpan.FromMinutes(2));
                Filter(pair, null);
                await ConnectedAsync(pair, channel, received, within: 60);
            },
            seconds: 240);
    }

    private static async Task OfferAndAnswerAsync(Pair pair)
    {
        pair.TrickleBothWays();
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.GatheredAsync(pair.Alice);
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
        await pair.Bob.SetLocalDescriptionAsync();
        await pair.GatheredAsync(pair.Bob);
    }

    private static (DataChannel Channel, TaskCompletionSource<string> Received) Channel(Pair pair)
    {
        var received = new TaskCompletionSource<string>();
        pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) => received.TrySetResult(message.Text);
        return (pair.Alice.CreateDataChannel("data"), received);
    }

    private static async Task ConnectedAsync(Pair pair, DataChannel channel, TaskCompletionSource<string> received, int within)
    {
        var from = pair.Simulator.Now;
        await pair.ConnectedAsync();
        if (channel.ReadyState != DataChannelState.Open)
        {
            var opened = new TaskCompletionSource();
            channel.Opened += (_, _) => opened.TrySetResult();
            await opened.Task;
        }

        await channel.SendAsync(Text);
        Assert.Equal(Text, await received.Task);
        Assert.InRange((pair.Simulator.Now - from).TotalSeconds, 0, within);
    }

    private static void FilterDtls(Pair pair, bool isOn) => Filter(pair, isOn ? static datagram => datagram[0] is < 20 or > 63 : null);

    private static void Filter(Pair pair, Func<byte[], bool>? passes)
    {
        DatagramFilter? filter = passes is null ? null : (_, _, datagram) => passes(datagram.ToArray());
        pair.Simulator.Network.Link(pair.AliceHost, pair.BobHost).Filter = filter;
        pair.Simulator.Network.Link(pair.BobHost, pair.AliceHost).Filter = filter;
    }

    private static PeerConnection Peer(Simulator simulator, VirtualHost host, ErrorCollector log)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(simulator.Context);
        var configuration =
            new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice], IceServers = [new IceServer("stun:198.51.100.1")] };
        var peer = new PeerConnection(configuration, host.Platform, log);
        SynchronizationContext.SetSynchronizationContext(before);
        return peer;
    }
}
