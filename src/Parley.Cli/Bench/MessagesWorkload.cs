using System.Text.Json;

namespace Parley.Cli.Bench;

/// <summary>Small messages one way on one reliable channel, as many as go.</summary>
internal sealed class MessagesWorkload : FlowWorkload
{
    public override string Name => "messages";

    public override int DefaultMessage => 64;

    protected override async Task MeasureAsync(FlowRun run, Utf8JsonWriter result, CancellationToken cancellation)
    {
        Flow flow = await run.SendAsync(run.Time, cancellation);
        result.WriteNumber("messages_s", Math.Round(flow.Messages / flow.Seconds));
        result.WriteNumber("cpu_us_per_message", Math.Round(flow.ProcessorTime.TotalMicroseconds / Math.Max(1, flow.Messages), 3));
    }
}
