using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Parley.Cli.Bench;

/// <summary>
/// Messages one way on one channel. Texts are the marks: at "start" the receiver begins to count, at "end" it answers with what it has
/// counted.
/// </summary>
internal abstract class FlowWorkload : Workload
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public override async Task MeasureAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation)
    {
        using SharedUdpPort? port = options.OpenPort();
        (Signaling.ISignalingChannel signaling, IDisposable end) = link.Open();
        using (end)
        {
            await using var here = new BenchEnd(signaling, polite: false, port);
            here.Begin();
            DataChannel channel = here.Connection.CreateDataChannel("bench");
            await BenchEnd.OpenedAsync(channel, cancellation);
            byte[] message = new byte[options.Message ?? DefaultMessage];
            var run = new FlowRun(here.Connection, channel, message, TimeSpan.FromSeconds(options.Seconds), link);
            await run.SendUncountedAsync(WarmUp, cancellation);
            await MeasureAsync(run, result, cancellation);
        }
    }

    public override void Serve(PeerConnection connection) =>
        connection.DataChannelAdded += (_, e) => _ = CountAsync(e.Channel);

    /// <summary>Measures on a channel that is warm, and writes what came out.</summary>
    protected abstract Task MeasureAsync(FlowRun run, Utf8JsonWriter result, CancellationToken cancellation);

    private static async Task CountAsync(DataChannel channel)
    {
        long bytes = 0, messages = 0, start = 0;
        await foreach (DataChannelMessage message in channel.ReadAllAsync())
        {
            if (message.IsBinary)
            {
                bytes += message.Data.Length;
                messages++;
            }
            else if (message.Text == "start")
            {
                bytes = messages = 0;
                start = Stopwatch.GetTimestamp();
            }
            else
            {
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                channel.Send(string.Create(CultureInfo.InvariantCulture, $"{bytes} {messages} {seconds}"));
            }
        }
    }
}
