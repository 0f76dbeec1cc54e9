using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Transport;

public class EnduranceTests
{
    [Fact]
    public void Partition_HealedBeforeConsentExpires_GoesDisconnectedAndComesBack() => Run(async call =>
    {
        var states = States(call.Pair.Alice);
        call.Pair.Simulator.Network.Partition(call.Pair.AliceHost, call.Pair.BobHost);
        await Pair.UntilAsync(call.Pair.Alice, () => call.Pair.Alice.ConnectionState == PeerConnectionState.Disconnected);
        call.Pair.Simulator.Network.Heal(call.Pair.AliceHost, call.Pair.BobHost);
        await call.Pair.ConnectedAsync();
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
        Assert.Equal([PeerConnectionState.Disconnected, PeerConnectionState.Connected], states);
    });

    [Fact]
    public void Partition_ThatStays_EndsInFailedAndARestartBringsTheCallBack() => Run(async call =>
    {
        var states = States(call.Pair.Alice);
        call.Pair.Simulator.Network.Partition(call.Pair.AliceHost, call.Pair.BobHost);
        var from = call.Pair.Simulator.Now;
        await Pair.UntilAsync(call.Pair.Alice, () => call.Pair.Alice.ConnectionState == PeerConnectionState.Failed);

        // RFC 7675 §5.1: consent expires 30 s after the last answer.
        Assert.InRange((call.Pair.Simulator.Now - from).TotalSeconds, 20, 40);
        Assert.Equal([PeerConnectionState.Disconnected, PeerConnectionState.Failed], states);
        await Pair.UntilAsync(call.Pair.Bob, () => call.Pair.Bob.ConnectionState == PeerConnectionState.Failed);

        call.Pair.Simulator.Network.Heal(call.Pair.AliceHost, call.Pair.BobHost);
        call.Pair.Alice.RestartIce();
        await Pair.NegotiateAsync(call.Pair.Alice, call.Pair.Bob);
        await call.Pair.ConnectedAsync();
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void IceRestart_OnALiveCall_MediaGoesOnWithNewCredentials(bool byAlice) => Run(async call =>
    {
        var (from, to) = byAlice ? (call.Pair.Alice, call.Pair.Bob) : (call.Pair.Bob, call.Pair.Alice);
        var states = States(from);
        var before = Ufrags(from).Concat(Ufrags(to)).ToArray();
        var heard = new FrameCounter();
        using var attachment = call.Bob.Receiver.Track.Attach(heard);
        from.RestartIce();
        await Pair.NegotiateAsync(from, to);
        await call.Pair.Simulator.Delay(TimeSpan.FromSeconds(2));
        Assert.Empty(before.Intersect(Ufrags(from).Concat(Ufrags(to))));
        Assert.InRange(heard.Of(CallWithMedia.AliceVoice), 95, 105);
        Assert.DoesNotContain(PeerConnectionState.Failed, states);
        Assert.DoesNotContain(PeerConnectionState.Disconnected, states);
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);

        // The old credentials are gone for good: nothing expires later.
        await call.Pair.Simulator.Delay(TimeSpan.FromSeconds(40));
        await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void BadNetwork_LossReorderingAndDuplication_CallsConnectAndFramesFlow(int seed)
    {
        var pair = new Pair((ulong)seed);
        pair.Simulator.Network.SetConditions(pair.AliceHost, pair.BobHost, new LinkConditions
        {
            Loss = 0.2,
            Delay = TimeSpan.FromMilliseconds(30),
            Jitter = TimeSpan.FromMilliseconds(20),
            Reordering = 0.2,
            Duplication = 0.1,
        });
        pair.Run(async () =>
        {
            pair.TrickleBothWays();
            var call = new CallWithMedia(pair);
            var track = call.Track(7);
            pair.Alice.AddTrack(track);
            var channel = pair.Alice.CreateDataChannel("d");
            var texts = new List<string>();
            var heard = new FrameCounter();
            pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) => texts.Add(message.Text);
            pair.Bob.TrackAdded += (_, args) => args.Track.Attach(heard);
            channel.Opened += (_, _) =>
            {
                for (var i = 0; i < 100; i++)
                {
                    channel.Send($"{i}");
                }
            };
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.ConnectedAsync();
            await pair.Simulator.Delay(TimeSpan.FromSeconds(20));
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), texts);
            Assert.InRange(heard.Of(7), 600, 1_100);
            call.End();
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Attack_DamagedCopiesAndRandomBytes_ConnectingAndEstablishedCallGoesOn(int seed)
    {
        var random = RandomSource.Seeded((ulong)seed);
        var attacked = new List<AttackedNetwork>();
        var pair = new Pair((ulong)seed, attack: network =>
        {
            attacked.Add(new AttackedNetwork(network, random));
            return attacked[^1];
        });
        pair.Run(async () =>
        {
            var call = new CallWithMedia(pair);
            await call.StartAsync();
            var channel = pair.Alice.CreateDataChannel("d");
            var texts = new List<string>();
            pair.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) => texts.Add(message.Text);
            channel.Opened += (_, _) => channel.Send("through");
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(5));
            Assert.All(attacked, network => Assert.True(network.Thrown > 500, $"only {network.Thrown} packets were thrown"));
            Assert.Equal(["through"], texts);
            await call.ExpectAsync(CallWithMedia.AliceVoice, CallWithMedia.BobVoice);
            Assert.Equal(PeerConnectionState.Connected, pair.Alice.ConnectionState);
            call.End();
        });
    }

    [Fact]
    public void Timers_ThatFireEarly_AreSetAgain()
    {
        var pair = new Pair(earlyTimers: true);
        pair.Run(
            async () =>
            {
                pair.TrickleBothWays();
                pair.Alice.CreateDataChannel("d");
                await Pair.NegotiateAsync(pair.Alice, pair.Bob);
                await pair.ConnectedAsync();

                // Nothing arrives any more that would wake the loops: only their timers tell them.
                pair.Simulator.Network.Partition(pair.AliceHost, pair.BobHost);
                await Pair.UntilAsync(pair.Alice, () => pair.Alice.ConnectionState == PeerConnectionState.Failed);
                await Pair.UntilAsync(pair.Bob, () => pair.Bob.ConnectionState == PeerConnectionState.Failed);
            },
            seconds: 120);
    }

    private static List<PeerConnectionState> States(PeerConnection connection)
    {
        var states = new List<PeerConnectionState>();
        connection.ConnectionStateChanged += (_, _) => states.Add(connection.ConnectionState);
        return states;
    }

    private static IEnumerable<string> Ufrags(PeerConnection connection) =>
        connection.CurrentLocalDescription!.Sdp.Split("\r\n").Where(line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal))
            .Distinct();

    private static void Run(Func<CallWithMedia, Task> test)
    {
        var call = new CallWithMedia(new Pair());
        call.Pair.Run(
            async () =>
            {
                await call.StartAsync();
                await test(call);
                call.End();
            },
            seconds: 180);
    }
}
