using Parley.Dtls;
using Parley.Simulation;

namespace Parley.Tests;

/// <summary>Two whole connections on one simulated network.</summary>
internal sealed class Pair
{
    public Pair(ulong seed = 1, PeerConnectionConfiguration? configuration = null)
    {
        Simulator = new Simulator(seed);
        AliceHost = Simulator.AddHost("alice", "10.0.0.1");
        BobHost = Simulator.AddHost("bob", "10.0.0.2");
        configuration ??= new PeerConnectionConfiguration();
        var previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Simulator.Context);
        Alice = new PeerConnection(configuration with { Certificates = [TestCertificates.Alice] }, AliceHost.Platform, Log);
        Bob = new PeerConnection(configuration with { Certificates = [TestCertificates.Bob] }, BobHost.Platform, Log);
        SynchronizationContext.SetSynchronizationContext(previous);
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
    public Task GatheredAsync(PeerConnection connection) => UntilAsync(connection, () => connection.IceGatheringState == IceGatheringState.Complete);

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

    private static void Trickle(PeerConnection from, PeerConnection to)
    {
        from.IceCandidateGathered += async (_, args) =>
        {
            if (args.Candidate is { } candidate && to.RemoteDescription is not null)
            {
                await to.AddIceCandidateAsync(candidate);
            }
        };
    }
}
