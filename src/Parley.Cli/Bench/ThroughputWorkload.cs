using System.Text.Json;

namespace Parley.Cli.Bench;

/// <summary>Large messages one way on one reliable channel, as fast as they go.</summary>
internal sealed class ThroughputWorkload : FlowWorkload
{
    public override string Name => "throughput";

    public override int DefaultMessage => 16_384;

    protected override async Task MeasureAsync(FlowRun run, Utf8JsonWriter result, CancellationToken cancellation)
    {
        Flow flow = await run.SendAsync(run.Time, cancellation);
        result.WriteNumber("mb_s", Math.Round(flow.Bytes / flow.Seconds / 1e6, 2));
        result.WriteNumber("cpu_s_per_gb", Math.Round(flow.SecondsPerGigabyte, 3));
    }
}
