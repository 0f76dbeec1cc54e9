using System.Diagnostics;
using System.Text.Json;

namespace Parley.Cli.Bench;

/// <summary>One connection after the other, from nothing to an open data channel, and closed again.</summary>
internal sealed class ConnectWorkload : Workload
{
    private const int WarmUp = 10;

    public override string Name => "connect";

    public override int DefaultConnections => 100;

    public override async Task MeasureAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation)
    {
        using SharedUdpPort? port = options.OpenPort();
        int count = options.Connections ?? DefaultConnections;
        for (int i = 0; i < WarmUp; i++)
        {
            await ConnectAsync(link, port, cancellation);
        }

        TimeSpan before = link.ProcessorTime;
        var times = new List<double>(count);
        for (int i = 0; i < count; i++)
        {
            times.Add(await ConnectAsync(link, port, cancellation));
        }

        TimeSpan used = link.ProcessorTime - before;
        times.Sort();
        result.WriteNumber("median_ms", Math.Round(Quantile.Of(times, 0.5), 2));
        result.WriteNumber("p99_ms", Math.Round(Quantile.Of(times, 0.99), 2));
        result.WriteNumber("cpu_ms_per_connection", Math.Round(used.TotalMilliseconds / count, 2));
    }

    private static async Task<double> ConnectAsync(BenchLink link, SharedUdpPort? port, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        (Signaling.ISignalingChannel signaling, IDisposable end) = link.Open();
        using (end)
        {
            await using var here = new BenchEnd(signaling, polite: false, port);
            here.Begin();
            DataChannel channel = here.Connection.CreateDataChannel("bench");
            await BenchEnd.OpenedAsync(channel, cancellation);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }
}
