using System.Diagnostics;
using System.Text.Json;

namespace Parley.Cli.Bench;

/// <summary>Many connections open at once, each with a data channel and nothing to say.</summary>
internal sealed class MemoryWorkload : Workload
{
    private const int WarmUp = 10;

    public override string Name => "memory";

    public override int DefaultConnections => 100;

    public override async Task MeasureAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation)
    {
        using SharedUdpPort? port = options.OpenPort();
        var open = new List<(BenchEnd Here, IDisposable End)>();
        try
        {
            await OpenAsync(link, port, open, WarmUp, cancellation);
            long before = Resident();
            int count = options.Connections ?? DefaultConnections;
            await OpenAsync(link, port, open, count, cancellation);
            long after = Resident();
            result.WriteNumber("kib_per_connection", Math.Round((after - before) / 1024.0 / (count * link.EndsHere), 1));
            result.WriteNumber(
                "managed_kib_per_connection",
                Math.Round(GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / (open.Count * link.EndsHere), 1));
            using Process self = Process.GetCurrentProcess();
            result.WriteNumber("threads", self.Threads.Count);
        }
        finally
        {
            foreach ((BenchEnd here, IDisposable end) in open)
            {
                await here.DisposeAsync();
                end.Dispose();
            }
        }
    }

    private static async Task OpenAsync(
        BenchLink link, SharedUdpPort? port, List<(BenchEnd Here, IDisposable End)> open, int count, CancellationToken cancellation)
    {
        for (int i = 0; i < count; i++)
        {
            (Signaling.ISignalingChannel signaling, IDisposable end) = link.Open();
            var here = new BenchEnd(signaling, polite: false, port);
            open.Add((here, end));
            here.Begin();
            DataChannel channel = here.Connection.CreateDataChannel("bench");
            await BenchEnd.OpenedAsync(channel, cancellation);
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }
}
