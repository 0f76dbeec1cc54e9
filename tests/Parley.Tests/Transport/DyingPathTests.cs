using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Transport;

/// <summary>Paths that die in mid-call, seen by what two whole connections say to each other every 20 ms.</summary>
public class DyingPathTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void NatRebinds_WhateverSideItIs_NoLongerPauseThanTwoSeconds(bool offererIsBehindNat, bool isSymmetric)
    {
        var simulator = new Simulator(1);
        var log = new ErrorCollector();
        var nat = simulator.Network.AddNat("nat", isSymmetric ? NatBehavior.Symmetric : NatBehavior.PortRestrictedCone, "203.0.113.1");
        var inside = Peer(simulator, nat.AddHost("inside", "10.0.0.5"), log);
        var outside = Peer(simulator, simulator.AddHost("outside", "192.0.2.2"), log);
        var (alice, bob) = offererIsBehindNat ? (inside, outside) : (outside, inside);
        simulator.Run(
            async () =>
            {
                var talk = await Talk.BeginAsync(simulator, alice, bob);
                await talk.GoOnAsync(TimeSpan.FromSeconds(10));
                nat.Reset();
                await talk.GoOnAsync(TimeSpan.FromSeconds(20));
                Assert.InRange(talk.LongestPause.TotalSeconds, 0.05, 2.2);
                Assert.DoesNotContain(PeerConnectionState.Failed, talk.States);
            },
            TimeSpan.FromMinutes(2));
        Assert.Empty(log.Errors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AddressInUseDies_TheOtherCarriesTheCallWithinThreeSeconds(bool isTheOfferers)
    {
        var simulator = new Simulator(1);
        var log = new ErrorCollector();
        var hosts =
            (VirtualHost[])[simulator.AddHost("alice", "192.0.2.1", "198.51.100.1"), simulator.AddHost("bob", "192.0.2.2", "198.51.100.2")];
        var (alice, bob) = (Peer(simulator, hosts[0], log), Peer(simulator, hosts[1], log));
        simulator.Run(
            async () =>
            {
                var talk = await Talk.BeginAsync(simulator, alice, bob);
                await talk.GoOnAsync(TimeSpan.FromSeconds(10));
                var used = (isTheOfferers ? alice : bob).SctpTransport!.Transport.IceTransport.GetSelectedCandidatePair()!;
                var dead = used.Local.Address;
                DatagramFilter lives = (source, destination, _) => source.Address.ToString() != dead
                    && destination.Address.ToString() != dead;
                simulator.Network.Link(hosts[0], hosts[1]).Filter = lives;
                simulator.Network.Link(hosts[1], hosts[0]).Filter = lives;
                await talk.GoOnAsync(TimeSpan.FromSeconds(60));
                Assert.InRange(talk.LongestPause.TotalSeconds, 0.1, 3);
                Assert.Equal([], talk.States);
                Assert.Equal((PeerConnectionState.Connected, PeerConnectionState.Connected), (alice.ConnectionState, bob.ConnectionState));
            },
            TimeSpan.FromMinutes(3));
        Assert.Empty(log.Errors);
    }

    private static PeerConnection Peer(Simulator simulator, VirtualHost host, ErrorCollector log)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(simulator.Context);
        var peer = new PeerConnection(new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, host.Platform, log);
        SynchronizationContext.SetSynchronizationContext(before);
        return peer;
    }

    /// <summary>Both sides speak on an unreliable channel, and it is seen how long either hears nothing.</summary>
    private sealed class Talk(Simulator simulator, DataChannel one, DataChannel other)
    {
        private readonly Instant[] _heardAt = [simulator.Now, simulator.Now];

        public TimeSpan LongestPause { get; private set; }

        public List<PeerConnectionState> States { get; } = [];

        public static async Task<Talk> BeginAsync(Simulator simulator, PeerConnection alice, PeerConnection bob)
        {
            Pair.Trickle(alice, bob);
            Pair.Trickle(bob, alice);
            var init = new DataChannelInit { Negotiated = true, Id = 1, Ordered = false, MaxRetransmits = 0 };
            var channels = (DataChannel[])[alice.CreateDataChannel("talk", init), bob.CreateDataChannel("talk", init)];
            await Pair.NegotiateAsync(alice, bob);
            await Pair.UntilAsync(alice, () => alice.ConnectionState == PeerConnectionState.Connected);
            await Pair.UntilAsync(bob, () => bob.ConnectionState == PeerConnectionState.Connected);
            await simulator.Delay(TimeSpan.FromSeconds(1));
            var talk = new Talk(simulator, channels[0], channels[1]);
            for (var side = 0; side < 2; side++)
            {
                var hearing = side;
                channels[side].MessageReceived += (_, _) => talk.Hear(hearing);
            }

            alice.ConnectionStateChanged += (_, _) => talk.States.Add(alice.ConnectionState);
            bob.ConnectionStateChanged += (_, _) => talk.States.Add(bob.ConnectionState);
            return talk;
        }

        public async Task GoOnAsync(TimeSpan duration)
        {
            var end = simulator.Now + duration;
            while (simulator.Now < end)
            {
                await one.SendAsync(new byte[20]);
                await other.SendAsync(new byte[20]);
                await simulator.Delay(Interval);
            }

            Hear(0);
            Hear(1);
        }

        private void Hear(int side)
        {
            var pause = simulator.Now - _heardAt[side];
            LongestPause = pause > LongestPause ? pause : LongestPause;
            _heardAt[side] = simulator.Now;
        }
    }
}
