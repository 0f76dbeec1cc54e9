using System.Text.Json;
using Parley.Net;

namespace Parley.Cli.Bench.Soak;

/// <summary>Calls for half an hour with everything that happens to calls, over sockets that lose, delay, double and reorder.</summary>
internal sealed class SoakWorkload : Workload
{
    private const int MostSamples = 120;
    private static readonly TimeSpan LeastSampleInterval = TimeSpan.FromSeconds(5);

    public override string Name => "soak";

    public override double DefaultSeconds => 30 * 60;

    public override int DefaultConnections => 4;

    public override async Task<bool> RunAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation)
    {
        Platform platform = Platform.Loopback;
        platform = platform with { Network = new ImpairedNetwork(platform.Network, new Impairment(), platform.TimeProvider) };
        TimeSpan duration = TimeSpan.FromSeconds(options.Seconds), interval = duration / MostSamples;
        var plan = new SoakPlan
        {
            Duration = duration,
            Connections = options.Connections ?? DefaultConnections,
            SampleInterval = interval > LeastSampleInterval ? interval : LeastSampleInterval,
            Seed = Environment.TickCount,
        };
        var run = new SoakRun(plan, platform, platform) { Progress = Tell };
        SoakReport report = await run.RunAsync(cancellation);
        report.Write(result);
        return report.Findings.Count == 0;
    }

    public override Task MeasureAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation) =>
        RunAsync(options, link, result, cancellation);

    private static void Tell(TimeSpan elapsed, ProcessSample sample) =>
        Console.Error.WriteLine(
            $"{elapsed:hh\\:mm\\:ss}  managed {sample.Managed / 1024} KiB, resident {sample.Resident / 1024} KiB, "
            + $"{sample.Handles} handles, {sample.Threads}+{sample.PoolThreads} threads");
}
