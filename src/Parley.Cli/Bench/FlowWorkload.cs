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
            await SendForAsync(channel, message, WarmUp, cancellation);
            TimeSpan before = link.ProcessorTime;
            await channel.SendAsync("start", cancellation);
            await SendForAsync(channel, message, TimeSpan.FromSeconds(options.Seconds), cancellation);
            string counted = await AskAsync(channel, cancellation);
            TimeSpan used = link.ProcessorTime - before;
            double[] numbers = [.. counted.Split(' ').Select(each => double.Parse(each, CultureInfo.InvariantCulture))];
            Write(result, new Flow((long)numbers[0], (long)numbers[1], numbers[2], used));
        }
    }

    public override void Serve(PeerConnection connection) =>
        connection.DataChannelAdded += (_, e) => _ = CountAsync(e.Channel);

    /// <summary>Writes what came out.</summary>
    protected abstract void Write(Utf8JsonWriter result, Flow flow);

    private static async Task SendForAsync(DataChannel channel, byte[] message, TimeSpan time, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            await channel.SendAsync(message, cancellation);
        }
    }

    private static async Task<string> AskAsync(DataChannel channel, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.MessageReceived += (_, e) => answer.TrySetResult(e.Text);
        await channel.SendAsync("end", cancellation);
        return await answer.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellation);
    }

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

    /// <summary>What flowed.</summary>
    protected readonly record struct Flow(long Bytes, long Messages, double Seconds, TimeSpan ProcessorTime);
}
