using Parley.Cli.Bench.Soak;
using Parley.Simulation;

namespace Parley.Cli.Tests.Soak;

/// <summary>A test of the process's memory, so that nothing else may run beside it.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public class WholeProcess;

[Collection(nameof(WholeProcess))]
public class SoakTests
{
    /// <summary>Half an hour of two calls over a bad path, in seconds: all that `parley bench soak` asserts.</summary>
    [Fact]
    public void HalfAnHour_OverABadPath_LoseNothingAndHoldMemoryFlat()
    {
        SoakReport report = Run(new SoakPlan
        {
            Duration = TimeSpan.FromMinutes(30),
            Connections = 2,
            MessageInterval = TimeSpan.FromMilliseconds(400),
            MaxMessage = 60_000,
            VideoInterval = TimeSpan.FromMilliseconds(200),
            VideoFrame = 2000,
            EventInterval = TimeSpan.FromSeconds(12),
            SampleInterval = TimeSpan.FromSeconds(30),
        });

        Assert.Empty(report.Findings.Kept);

        // What did not happen proves nothing.
        Assert.True(report.Sum(tally => tally.Messages) > 10_000);
        Assert.True(report.Sum(tally => tally.UnreliableLost) > 50);
        Assert.True(report.Sum(tally => tally.FramesReceived) > 50_000);
        Assert.True(report.Sum(tally => tally.Renegotiations) > 5);
        Assert.True(report.Sum(tally => tally.IceRestarts) > 5);
        Assert.True(report.Sum(tally => tally.ChannelsOpenedAndClosed) > 5);
        Assert.True(report.Sum(tally => tally.ReadersStopped) > 5);
    }

    [Fact]
    public void PathThatEnds_IsFoundOut()
    {
        var plan = new SoakPlan
        {
            Duration = TimeSpan.FromSeconds(60),
            Connections = 1,
            MessageInterval = TimeSpan.FromMilliseconds(200),
            Patience = TimeSpan.FromSeconds(10),
        };

        SoakReport report = Run(plan, (simulator, alice, bob) => _ = EndAsync(simulator, alice, bob));

        Assert.NotEmpty(report.Findings.Kept);
        Assert.Contains(report.Findings.Kept, finding => finding.Contains("have come", StringComparison.Ordinal));
    }

    private static async Task EndAsync(Simulator simulator, VirtualHost alice, VirtualHost bob)
    {
        await simulator.Delay(TimeSpan.FromSeconds(30));
        simulator.Network.Partition(alice, bob);
    }

    private static SoakReport Run(SoakPlan plan, Action<Simulator, VirtualHost, VirtualHost>? begin = null)
    {
        var simulator = new Simulator(1);
        VirtualHost alice = simulator.AddHost("alice", "10.0.0.1"), bob = simulator.AddHost("bob", "10.0.0.2");
        simulator.Network.SetConditions(alice, bob, new LinkConditions
        {
            Delay = TimeSpan.FromMilliseconds(20),
            Jitter = TimeSpan.FromMilliseconds(3),
            Loss = 0.005,
            Duplication = 0.002,
            Reordering = 0.005,
            Rate = 100_000_000,
        });
        simulator.Post(() => begin?.Invoke(simulator, alice, bob));
        return simulator.Run(() => new SoakRun(plan, alice.Platform, bob.Platform).RunAsync(), plan.Duration + TimeSpan.FromMinutes(5));
    }
}
