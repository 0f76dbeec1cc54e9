using Parley.Media;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Signaling.Tests;

/// <summary>Connections that lose their path while <see cref="PerfectNegotiation"/> has them, on virtual time.</summary>
public sealed class IceRecoveryTests
{
    [Fact]
    public void Signaling_BackAndThePathGone_RestartsIce() => Run(async (simulator, alice, bob) =>
    {
        string before = Ufrag(bob);
        simulator.Network.Partition(alice.Host, bob.Host);
        await simulator.Delay(TimeSpan.FromSeconds(12));
        Assert.NotEqual(PeerConnectionState.Connected, bob.Connection.ConnectionState);

        bob.Channel.Resume();
        simulator.Network.Heal(alice.Host, bob.Host);
        await simulator.Delay(TimeSpan.FromSeconds(5));

        Assert.NotEqual(before, Ufrag(bob));
        ExpectConnected(alice, bob);
    });

    [Fact]
    public void Path_WhoseLossIsNoticedAfterSignalingIsBack_RestartsIce() => Run(async (simulator, alice, bob) =>
    {
        string before = Ufrag(bob);
        simulator.Network.Partition(alice.Host, bob.Host);
        bob.Channel.Resume();
        Assert.Equal(PeerConnectionState.Connected, bob.Connection.ConnectionState);
        await simulator.Delay(TimeSpan.FromSeconds(12));
        simulator.Network.Heal(alice.Host, bob.Host);
        await simulator.Delay(TimeSpan.FromSeconds(20));

        Assert.NotEqual(before, Ufrag(bob));
        ExpectConnected(alice, bob);
    });

    [Fact]
    public void Connection_Failed_IsTriedAgainWithoutAnyWordOfSignaling() => Run(async (simulator, alice, bob) =>
    {
        simulator.Network.Partition(alice.Host, bob.Host);
        await simulator.Delay(TimeSpan.FromSeconds(45));
        simulator.Network.Heal(alice.Host, bob.Host);
        await simulator.Delay(TimeSpan.FromSeconds(45));

        ExpectConnected(alice, bob);
    });

    [Fact]
    public void Connection_ThatLives_IsLeftAlone() => Run(async (simulator, alice, bob) =>
    {
        string sdp = bob.Connection.LocalDescription!.Sdp;
        bob.Channel.Resume();
        alice.Channel.Resume();
        await simulator.Delay(TimeSpan.FromSeconds(20));

        Assert.Equal(sdp, bob.Connection.LocalDescription!.Sdp);
        ExpectConnected(alice, bob);
    });

    private static void Run(Func<Simulator, Side, Side, Task> test)
    {
        var simulator = new Simulator(7);
        VirtualHost aliceHost = simulator.AddHost("alice", "192.0.2.1");
        VirtualHost bobHost = simulator.AddHost("bob", "192.0.2.2");
        simulator.Run(
            async () =>
            {
                (MemorySignalingChannel first, MemorySignalingChannel second) = MemorySignalingChannel.CreatePair();
                var alice = new Side(first, polite: false, aliceHost);
                var bob = new Side(second, polite: true, bobHost);
                alice.Connection.AddTransceiver(MediaKind.Audio);
                await simulator.Delay(TimeSpan.FromSeconds(5));
                ExpectConnected(alice, bob);
                await test(simulator, alice, bob);
                Assert.Empty(alice.Failures);
                Assert.Empty(bob.Failures);
                alice.Connection.Close();
                bob.Connection.Close();
            },
            TimeSpan.FromMinutes(5));
    }

    private static string Ufrag(Side side) =>
        side.Connection.LocalDescription!.Sdp.Split("\r\n").First(line => line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal));

    private static void ExpectConnected(Side alice, Side bob)
    {
        string picture = $"{alice}\n{bob}";
        Assert.True(
            alice.Connection.ConnectionState == PeerConnectionState.Connected
                && bob.Connection.ConnectionState == PeerConnectionState.Connected, picture);
    }

    private sealed class Side
    {
        public Side(MemorySignalingChannel channel, bool polite, VirtualHost host)
        {
            Host = host;
            Channel = new ResumableChannel(channel);
            Connection = new PeerConnection(platform: host.Platform);
            Negotiation = new PerfectNegotiation(Connection, Channel, polite);
            Negotiation.Failed += (_, failed) => Failures.Add(failed.Exception);
        }

        public VirtualHost Host { get; }

        public ResumableChannel Channel { get; }

        public PeerConnection Connection { get; }

        public PerfectNegotiation Negotiation { get; }

        public List<Exception> Failures { get; } = [];

        public override string ToString() =>
            $"{Connection.ConnectionState}, {Connection.SignalingState}, {Ufrag(this)}";
    }

    private sealed class ResumableChannel(ISignalingChannel inner) : IResumableChannel
    {
        public event EventHandler? Resumed;

        public void Resume() => Resumed?.Invoke(this, EventArgs.Empty);

        public ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default) =>
            inner.SendAsync(description, cancellationToken);

        public ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default) =>
            inner.SendAsync(candidate, cancellationToken);

        public ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default) =>
            inner.ReceiveAsync(cancellationToken);
    }
}
