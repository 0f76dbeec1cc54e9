using System.Diagnostics;
using System.Globalization;

namespace Parley.Cli.Bench;

/// <summary>The sending side of a flow of messages on one open channel.</summary>
internal sealed class FlowRun(PeerConnection connection, DataChannel channel, byte[] message, TimeSpan time, BenchLink link)
{
    /// <summary>How long is to be measured in all.</summary>
    public TimeSpan Time => time;

    /// <summary>Processor time used so far by both sides.</summary>
    public TimeSpan ProcessorTime => link.ProcessorTime;

    /// <summary>Sends for a time, counted by the receiver.</summary>
    public async Task<Flow> SendAsync(TimeSpan duration, CancellationToken cancellation)
    {
        TimeSpan before = link.ProcessorTime;
        await channel.SendAsync("start", cancellation);
        await SendUncountedAsync(duration, cancellation);
        string counted = await AskAsync(cancellation);
        TimeSpan used = link.ProcessorTime - before;
        double[] numbers = [.. counted.Split(' ').Select(each => double.Parse(each, CultureInfo.InvariantCulture))];
        return new Flow((long)numbers[0], (long)numbers[1], numbers[2], used);
    }

    /// <summary>Sends for a time.</summary>
    public async Task SendUncountedAsync(TimeSpan duration, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            await channel.SendAsync(message, cancellation);
        }
    }

    /// <summary>Datagrams that have left this side so far, and their bytes.</summary>
    public async Task<(long Packets, long Bytes)> CountSentAsync()
    {
        StatsReport report = await connection.GetStatsAsync();
        IceCandidatePairStats pair = report.Values.OfType<IceCandidatePairStats>().MaxBy(each => each.BytesSent)!;
        return (pair.PacketsSent, pair.BytesSent);
    }

    private async Task<string> AskAsync(CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.MessageReceived += OnMessage;
        await channel.SendAsync("end", cancellation);
        string counted = await answer.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellation);
        channel.MessageReceived -= OnMessage;
        return counted;

        void OnMessage(object? sender, DataChannelMessageEventArgs e) => answer.TrySetResult(e.Text);
    }
}
