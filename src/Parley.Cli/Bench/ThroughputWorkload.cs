namespace Parley.Cli.Bench;

/// <summary>Large messages one way on one reliable channel, as fast as they go.</summary>
internal sealed class ThroughputWorkload : FlowWorkload
{
    public override string Name => "throughput";

    public override int DefaultMessage => 16_384;

    protected override void Write(System.Text.Json.Utf8JsonWriter result, Flow flow)
    {
        result.WriteNumber("mb_s", Math.Round(flow.Bytes / flow.Seconds / 1e6, 2));
        result.WriteNumber("cpu_s_per_gb", Math.Round(flow.ProcessorTime.TotalSeconds / (flow.Bytes / 1e9), 3));
    }
}
