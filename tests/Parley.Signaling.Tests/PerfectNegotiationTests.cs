using Parley.Media;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Signaling.Tests;

/// <summary>Two connections and a slow channel between them: on virtual time, and on the thread pool without any context.</summary>
public sealed class PerfectNegotiationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public void Change_OnOneSide_IsNegotiatedAndConnects() => Run(1, async (simulator, alice, bob) =>
    {
        alice.Connection.AddTransceiver(MediaKind.Audio);
        await simulator.Delay(TimeSpan.FromSeconds(5));

        ExpectAgreed(alice, bob);
        Assert.Equal(0, alice.Negotiation.Collisions + bob.Negotiation.Collisions);
        Assert.Equal(RtpTransceiverDirection.SendOnly, Assert.Single(alice.Connection.GetTransceivers()).CurrentDirection);
        Assert.Equal(PeerConnectionState.Connected, alice.Connection.ConnectionState);
        Assert.Equal(PeerConnectionState.Connected, bob.Connection.ConnectionState);
    });

    [Fact]
    public void Changes_OnBothSidesAtOnce_CrossAndThePoliteOneGivesWay() => Run(1, async (simulator, alice, bob) =>
    {
        alice.Connection.AddTransceiver(MediaKind.Audio);
        bob.Connection.AddTransceiver(MediaKind.Video);
        await simulator.Delay(TimeSpan.FromSeconds(10));

        ExpectAgreed(alice, bob);
        Assert.Equal(1, alice.Negotiation.Collisions);
        Assert.Equal(1, bob.Negotiation.Collisions);
        Assert.Equal(2, alice.Connection.GetTransceivers().Count);
        Assert.Equal(PeerConnectionState.Connected, alice.Connection.ConnectionState);
        Assert.Equal(PeerConnectionState.Connected, bob.Connection.ConnectionState);
    });

    [Fact]
    public void Changes_AtRandomMoments_EachSeedEndsAgreed()
    {
        int collisions = 0;
        int seeds = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 1000 : 50;
        Simulator.ForEachSeed(1, seeds, simulator => Run(simulator, async (_, alice, bob) =>
        {
            await Task.WhenAll(ChangeAsync(simulator, alice, simulator.Random), ChangeAsync(simulator, bob, simulator.Random));
            await simulator.Delay(TimeSpan.FromSeconds(10));

            ExpectAgreed(alice, bob);
            Assert.Equal(PeerConnectionState.Connected, alice.Connection.ConnectionState);
            collisions += alice.Negotiation.Collisions;
        }));

        // Without offers that cross, this would prove nothing.
        Assert.True(collisions > seeds / 2, $"{collisions} collisions");
    }

    [Fact]
    public void Offer_OfThePeer_NotAcceptable_IsReportedAndNegotiationGoesOn() => Run(1, async (simulator, alice, bob) =>
    {
        await bob.Channel.SendAsync(new SessionDescription(SdpType.Offer, "no description"));
        await bob.Channel.SendAsync(new SessionDescription(SdpType.Answer, "v=0\r\n"));
        await bob.Channel.SendAsync(new IceCandidateInit("nonsense", "7"));
        await simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.NotEmpty(alice.Failures);
        alice.Failures.Clear();

        bob.Connection.AddTransceiver(MediaKind.Audio);
        await simulator.Delay(TimeSpan.FromSeconds(5));

        ExpectAgreed(alice, bob);
        Assert.Equal(PeerConnectionState.Connected, alice.Connection.ConnectionState);
    });

    [Fact]
    public void Path_Lost_IsLookedForAnew()
    {
        var hosts = new List<VirtualHost>();
        Run(
            new Simulator(1),
            async (simulator, alice, bob) =>
            {
                alice.Connection.AddTransceiver(MediaKind.Audio);
                await simulator.Delay(TimeSpan.FromSeconds(5));
                Assert.Equal(IceConnectionState.Completed, alice.Connection.IceConnectionState);

                // The machine moves to another network: what its sockets send goes nowhere.
                hosts[0].ChangeAddresses("198.51.100.1");
                await simulator.Delay(TimeSpan.FromSeconds(20));
                Assert.Equal(PeerConnectionState.Connected, alice.Connection.ConnectionState);
                Assert.Equal(PeerConnectionState.Connected, bob.Connection.ConnectionState);
            },
            hosts);
    }

    [Fact]
    public void Channel_Ended_CompletesAndFurtherChangesAreReported() => Run(1, async (simulator, alice, bob) =>
    {
        bob.Channel.Close();
        await alice.Negotiation.Completion;

        alice.Connection.AddTransceiver(MediaKind.Audio);
        await simulator.Delay(TimeSpan.FromSeconds(1));

        Assert.IsType<SignalingException>(alice.Failures[0]);
        alice.Failures.Clear();
    });

    [Fact]
    public void Disposed_NegotiatesNoMore() => Run(1, async (simulator, alice, bob) =>
    {
        await alice.Negotiation.DisposeAsync();
        await alice.Negotiation.DisposeAsync();
        await alice.Negotiation.Completion;

        alice.Connection.AddTransceiver(MediaKind.Audio);
        await simulator.Delay(TimeSpan.FromSeconds(1));

        Assert.Equal(SignalingState.Stable, alice.Connection.SignalingState);
        Assert.Empty(bob.Connection.GetTransceivers());
    });

    [Fact]
    public async Task Changes_OnTheThreadPool_WithoutAContext_EndAgreed()
    {
        for (int round = 0; round < 10; round++)
        {
            (MemorySignalingChannel first, MemorySignalingChannel second) = MemorySignalingChannel.CreatePair();
            await using var alice = new Side(first, polite: false, Platform.Default);
            await using var bob = new Side(second, polite: true, Platform.Default);

            for (int change = 0; change < 5; change++)
            {
                await Task.WhenAll(
                    Task.Run(() => alice.Connection.AddTransceiver(MediaKind.Audio)),
                    Task.Run(() => bob.Connection.AddTransceiver(MediaKind.Video)));
            }

            int expected = 10;
            await UntilAsync(alice, bob, () =>
                Agree(alice, bob)
                    && alice.Connection.GetTransceivers().Count == expected
                    && bob.Connection.GetTransceivers().Count == expected);
            Assert.Empty(alice.Failures);
            Assert.Empty(bob.Failures);
        }
    }

    private static void Run(ulong seed, Func<Simulator, Side, Side, Task> test) => Run(new Simulator(seed), test);

    private static void Run(Simulator simulator, Func<Simulator, Side, Side, Task> test, List<VirtualHost>? hosts = null)
    {
        VirtualHost aliceHost = simulator.AddHost("alice", "192.0.2.1");
        VirtualHost bobHost = simulator.AddHost("bob", "192.0.2.2");
        hosts?.AddRange([aliceHost, bobHost]);
        simulator.Run(
            async () =>
            {
                (MemorySignalingChannel first, MemorySignalingChannel second) = MemorySignalingChannel.CreatePair();
                Func<Task> delay = () => simulator.Delay(TimeSpan.FromMilliseconds(1 + simulator.Random.Next(80)));
                first.Delay = delay;
                second.Delay = delay;
                var alice = new Side(first, polite: false, aliceHost.Platform);
                var bob = new Side(second, polite: true, bobHost.Platform);
                await test(simulator, alice, bob);
                Assert.Empty(alice.Failures);
                Assert.Empty(bob.Failures);
                alice.Connection.Close();
                bob.Connection.Close();
            },
            Limit);
    }

    private static async Task ChangeAsync(Simulator simulator, Side side, RandomSource random)
    {
        for (int change = 0; change < 6; change++)
        {
            await simulator.Delay(TimeSpan.FromMilliseconds(random.Next(120)));
            IReadOnlyList<RtpTransceiver> transceivers = side.Connection.GetTransceivers();
            switch (random.Next(4))
            {
                case 0 or 1:
                    side.Connection.AddTransceiver(random.Next(2) == 0 ? MediaKind.Audio : MediaKind.Video);
                    break;
                case 2 when transceivers.Count > 0:
                    transceivers[random.Next(transceivers.Count)].Direction = (RtpTransceiverDirection)random.Next(4);
                    break;
                case 3:
                    side.Connection.RestartIce();
                    break;
            }
        }

        // At least one section, so that there is something to connect.
        side.Connection.AddTransceiver(MediaKind.Audio);
    }

    private static void ExpectAgreed(Side alice, Side bob)
    {
        Assert.Equal(SignalingState.Stable, alice.Connection.SignalingState);
        Assert.Equal(SignalingState.Stable, bob.Connection.SignalingState);
        Assert.Equal(Seen(alice, mirrored: false), Seen(bob, mirrored: true));
        Assert.All(alice.Connection.GetTransceivers(), transceiver => Assert.NotNull(transceiver.CurrentDirection));
    }

    private static bool Agree(Side alice, Side bob) =>
        alice.Connection.SignalingState == SignalingState.Stable
        && bob.Connection.SignalingState == SignalingState.Stable
        && Seen(alice, mirrored: false).SequenceEqual(Seen(bob, mirrored: true));

    private static IEnumerable<(string? Mid, MediaKind Kind, RtpTransceiverDirection? Direction)> Seen(Side side, bool mirrored) =>
        side.Connection.GetTransceivers()
            .Select(t => (t.Mid, t.Kind, mirrored ? Mirror(t.CurrentDirection) : t.CurrentDirection))
            .OrderBy(t => t.Mid, StringComparer.Ordinal);

    private static RtpTransceiverDirection? Mirror(RtpTransceiverDirection? direction) => direction switch
    {
        RtpTransceiverDirection.SendOnly => RtpTransceiverDirection.RecvOnly,
        RtpTransceiverDirection.RecvOnly => RtpTransceiverDirection.SendOnly,
        _ => direction,
    };

    // Waits for the events after which the condition may have come true, not for time.
    private static async Task UntilAsync(Side alice, Side bob, Func<bool> condition)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? sender, EventArgs e)
        {
            if (condition())
            {
                met.TrySetResult();
            }
        }

        alice.Connection.SignalingStateChanged += Look;
        bob.Connection.SignalingStateChanged += Look;
        Look(null, EventArgs.Empty);
        try
        {
            await met.Task.WaitAsync(Patience.Limit);
        }
        catch (TimeoutException)
        {
            Assert.Fail(
                $"Alice {alice.Connection.SignalingState} [{string.Join(' ', Seen(alice, false))}] {string.Join(' ', alice.Failures)}\n" +
                $"Bob {bob.Connection.SignalingState} [{string.Join(' ', Seen(bob, true))}] {string.Join(' ', bob.Failures)}");
        }
    }

    /// <summary>A connection, its negotiation, and what went wrong.</summary>
    private sealed class Side : IAsyncDisposable
    {
        public Side(MemorySignalingChannel channel, bool polite, Platform platform)
        {
            Channel = channel;
            Connection = new PeerConnection(platform: platform);
            Negotiation = new PerfectNegotiation(Connection, channel, polite);
            Negotiation.Failed += (_, failed) => Failures.Add(failed.Exception);
        }

        public MemorySignalingChannel Channel { get; }

        public PeerConnection Connection { get; }

        public PerfectNegotiation Negotiation { get; }

        public List<Exception> Failures { get; } = [];

        public async ValueTask DisposeAsync()
        {
            await Negotiation.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
