using System.Text.Json;

namespace Parley.Cli.Bench;

/// <summary>
/// How near a channel comes to the machine's limit: large messages one way on one reliable channel, and by turns, in the same run, a
/// <see cref="RawFlow"/> of datagrams as large as the channel's.
/// </summary>
internal sealed class LimitWorkload : FlowWorkload
{
    private const int Rounds = 5;

    public override string Name => "limit";

    public override int DefaultMessage => 16_384;

    protected override async Task MeasureAsync(FlowRun run, Utf8JsonWriter result, CancellationToken cancellation)
    {
        TimeSpan turn = run.Time / (2 * Rounds);
        (long packets, long bytes) = await run.CountSentAsync();
        await run.SendAsync(turn, cancellation);
        (long packetsAfter, long bytesAfter) = await run.CountSentAsync();
        int datagram = (int)((bytesAfter - bytes) / (packetsAfter - packets));
        using var raw = new RawFlow(datagram);
        raw.Run(turn, cancellation);

        List<double> channel = [], limit = [], ratios = [];
        for (int round = 0; round < Rounds; round++)
        {
            Flow flow = await run.SendAsync(turn, cancellation);
            TimeSpan before = run.ProcessorTime;
            long moved = raw.Run(turn, cancellation);
            channel.Add(flow.SecondsPerGigabyte);
            limit.Add((run.ProcessorTime - before).TotalSeconds / (moved / 1e9));
            ratios.Add(channel[^1] / limit[^1]);
        }

        result.WriteNumber("datagram", datagram);
        result.WriteNumber("channel_cpu_s_per_gb", Median(channel));
        result.WriteNumber("limit_cpu_s_per_gb", Median(limit));
        result.WriteNumber("ratio", Median(ratios));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return Math.Round(Quantile.Of(values, 0.5), 3);
    }
}
