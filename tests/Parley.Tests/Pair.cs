using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests;

/// <summary>Two whole connections on one simulated network.</summary>
internal sealed class Pair
{
    public Pair(
        ulong seed = 1,
        PeerConnectionConfiguration? configuration = null,
        Func<INetwork, INetwork>? attack = null,
        bool earlyTimers = false,
        Func<SynchronizationContext, SynchronizationContext>? wrap = null)
    {
        Simulator = new Simulator(seed);
        AliceHost = Simulator.AddHost("alice", "10.0.0.1");
        BobHost = Simulator.AddHost("bob", "10.0.0.2");
        configuration ??= new PeerConnectionConfiguration();
        var previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(wrap?.Invoke(Simulator.Context) ?? Simulator.Context);
        Alice = new PeerConnection(configuration with { Certificates = [TestCertificates.Alice] }, Attacked(AliceHost), Log);
        Bob = new PeerConnection(configuration with { Certificates = [TestCertificates.Bob] }, Attacked(BobHost), Log);
        SynchronizationContext.SetSynchronizationContext(previous);

        Platform Attacked(VirtualHost host) => host.Platform with
        {
            Network = attack is null ? host.Platform.Network : attack(host.Platform.Network),
            TimeProvider = earlyTimers ? new EarlyTimeProvider(host.Platform.TimeProvider) : host.Platform.TimeProvider,
        };
    }

    public ErrorCollector Log { get; } = new();

    public Simulator Simulator { get; }

    public VirtualHost AliceHost { get; }

    public VirtualHost BobHost { get; }

    public PeerConnection Alice { get; }

    public PeerConnection Bob { get; }

    /// <summary>Runs a scenario on virtual time. Whatever failed inside the connections fails the test.</summary>
    public void Run(Func<Task> scenario, double seconds = 60)
    {
        try
        {
            Simulator.Run(scenario, TimeSpan.FromSeconds(seconds));
        }
        finally
        {
            Assert.True(Log.Errors.Count == 0, string.Join("\n", Log.Errors));
        }
    }

    /// <summary>Candidates go to the other side as they come.</summary>
    public void TrickleBothWays()
    {
        Trickle(Alice, Bob);
        Trickle(Bob, Alice);
    }

    /// <summary>Both sides are connected.</summary>
    public async Task ConnectedAsync()
    {
        await UntilAsync(Alice, () => Alice.ConnectionState == PeerConnectionState.Connected);
        await UntilAsync(Bob, () => Bob.ConnectionState == PeerConnectionState.Connected);
    }

    /// <summary>A side has gathered all its candidates.</summary>
    public Task GatheredAsync(PeerConnection connection) =>
        UntilAsync(connection, () => connection.IceGatheringState == IceGatheringState.Complete);

    /// <summary>A condition holds; looked at whenever a state of the connection changes.</summary>
    public static async Task UntilAsync(PeerConnection connection, Func<bool> condition)
    {
        var reached = new TaskCompletionSource();
        void Look(object? sender, EventArgs args)
        {
            if (condition())
            {
                reached.TrySetResult();
            }
        }

        connection.ConnectionStateChanged += Look;
        connection.IceGatheringStateChanged += Look;
        connection.SignalingStateChanged += Look;
        Look(null, EventArgs.Empty);
        await reached.Task;
        connection.ConnectionStateChanged -= Look;
        connection.IceGatheringStateChanged -= Look;
        connection.SignalingStateChanged -= Look;
    }

    /// <summary>One exchange of descriptions from one side to the other.</summary>
    public static async Task NegotiateAsync(PeerConnection from, PeerConnection to)
    {
        await from.SetLocalDescriptionAsync();
        await to.SetRemoteDescriptionAsync(from.LocalDescription!);
        await to.SetLocalDescriptionAsync();
        await from.SetRemoteDescriptionAsync(to.LocalDescription!);
    }

    /// <summary>Candidates of one side go to the other as they come.</summary>
    public static void Trickle(PeerConnection from, PeerConnection to)
    {
        from.IceCandidateGathered += async (_, args) =>
        {
            if (args.Candidate is not { } candidate)
            {
                return;
            }

            try
            {
                await to.AddIceCandidateAsync(candidate);
            }
            catch (RtcException) when (to.RemoteDescription?.Sdp.Contains($"a=ice-ufrag:{candidate.UsernameFragment}\r\n") != true)
            {
                // Those of an offer that was taken back before the other side heard of it have nowhere to go; those that come before a
                // description are in it.
            }
        };
    }
}
