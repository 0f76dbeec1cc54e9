namespace Parley.Cli.Bench;

/// <summary>Small messages one way on one reliable channel, as many as go.</summary>
internal sealed class MessagesWorkload : FlowWorkload
{
    public override string Name => "messages";

    public override int DefaultMessage => 64;

    protected override void Write(System.Text.Json.Utf8JsonWriter result, Flow flow)
    {
        result.WriteNumber("messages_s", Math.Round(flow.Messages / flow.Seconds));
        result.WriteNumber("cpu_us_per_message", Math.Round(flow.ProcessorTime.TotalMicroseconds / Math.Max(1, flow.Messages), 3));
    }
}
