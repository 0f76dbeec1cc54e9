using System.Diagnostics;
using System.Text.Json;

namespace Parley.Cli.Bench;

/// <summary>One message at a time, there and back.</summary>
internal sealed class RoundTripWorkload : Workload
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public override string Name => "round-trip";

    public override int DefaultMessage => 64;

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
            await PlayAsync(channel, options.Message ?? DefaultMessage, WarmUp, cancellation);
            List<double> times = await PlayAsync(
                channel, options.Message ?? DefaultMessage, TimeSpan.FromSeconds(options.Seconds), cancellation);
            times.Sort();
            result.WriteNumber("median_us", Math.Round(Quantile.Of(times, 0.5), 1));
            result.WriteNumber("p99_us", Math.Round(Quantile.Of(times, 0.99), 1));
            result.WriteNumber("round_trips", times.Count);
        }
    }

    public override void Serve(PeerConnection connection) =>
        connection.DataChannelAdded += (_, e) => e.Channel.MessageReceived += (_, message) => e.Channel.Send(message.Data.Span);

    private static async Task<List<double>> PlayAsync(DataChannel channel, int size, TimeSpan time, CancellationToken cancellation)
    {
        var times = new List<double>(1 << 20);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] message = new byte[size];
        long start = Stopwatch.GetTimestamp(), sent = start;
        void Take(object? sender, DataChannelMessageEventArgs e)
        {
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
            if (Stopwatch.GetElapsedTime(start) >= time)
            {
                done.TrySetResult();
                return;
            }

            sent = Stopwatch.GetTimestamp();
            channel.Send(message);
        }

        channel.MessageReceived += Take;
        channel.Send(message);
        await done.Task.WaitAsync(time + TimeSpan.FromMinutes(1), cancellation);
        channel.MessageReceived -= Take;
        return times;
    }
}
