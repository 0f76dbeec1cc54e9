using Parley.Simulation;

namespace Parley.Tests.Data;

public class InterfaceMtuTests
{
    // Consent, its answers, the peer's, keepalives and some acknowledgements: a few turns a second. A loop that spins takes a million at
    // once.
    private const int MostTurnsInAnHour = 60_000;

    /// <summary>
    /// Each probe of the path MTU search is refused where it is sent: ten minutes after the search the next one was due at once, for ever.
    /// </summary>
    [Theory]
    [InlineData(1420)]
    [InlineData(1280)]
    [InlineData(1496)]
    [InlineData(1500)]
    public void AnHourOfCall_OverAnInterfaceThatRefuses_TakesFewTurns(int mtu)
    {
        var simulator = new Simulator(1);
        var log = new ErrorCollector();
        var (alice, aliceTurns) = PeerOn(simulator, "alice", "10.0.0.1", mtu, log);
        var (bob, bobTurns) = PeerOn(simulator, "bob", "10.0.0.2", mtu, log);
        var received = 0L;
        simulator.Run(
            async () =>
            {
                Pair.Trickle(alice, bob);
                Pair.Trickle(bob, alice);
                var all = new TaskCompletionSource();
                bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, message) =>
                {
                    received += message.Data.Length;
                    if (received == 40 * 16_384)
                    {
                        all.SetResult();
                    }
                };
                var channel = alice.CreateDataChannel("data");
                var opened = new TaskCompletionSource();
                channel.Opened += (_, _) => opened.SetResult();
                await Pair.NegotiateAsync(alice, bob);
                await opened.Task;
                for (var message = 0; message < 40; message++)
                {
                    await channel.SendAsync(new byte[16_384]);
                }

                await all.Task;
                await simulator.Delay(TimeSpan.FromHours(1));
                Assert.Equal(PeerConnectionState.Connected, alice.ConnectionState);
                Assert.Equal(PeerConnectionState.Connected, bob.ConnectionState);
            },
            TimeSpan.FromMinutes(65));

        Assert.Empty(log.Errors);
        Assert.InRange(aliceTurns.Scheduled, 1, MostTurnsInAnHour);
        Assert.InRange(bobTurns.Scheduled, 1, MostTurnsInAnHour);
    }

    private static (PeerConnection Peer, CountingScheduler Turns) PeerOn(
        Simulator simulator, string name, string address, int mtu, ErrorCollector log)
    {
        var host = simulator.AddHost(name, address);
        host.InterfaceMtu = mtu;
        var turns = new CountingScheduler(host.Platform.Scheduler);
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(simulator.Context);
        var peer = new PeerConnection(
            new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, host.Platform with { Scheduler = turns }, log);
        SynchronizationContext.SetSynchronizationContext(before);
        return (peer, turns);
    }
}
