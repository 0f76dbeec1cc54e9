using System.Diagnostics;
using Parley.Net;

namespace Parley.Cli.Bench.Soak;

/// <summary>
/// Several calls that run for long over a bad path. At intervals they come to rest: then everything has arrived, and the process is
/// measured. The same code runs on real sockets and on a simulation's virtual time.
/// </summary>
internal sealed class SoakRun(SoakPlan plan, Platform here, Platform there)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private readonly SoakFindings _findings = new();
    private readonly List<ProcessSample> _samples = [];

    /// <summary>Called after each measurement with how far the run has come.</summary>
    public Action<TimeSpan, ProcessSample>? Progress { get; init; }

    public async Task<SoakReport> RunAsync(CancellationToken cancellation = default)
    {
        TimeProvider time = here.TimeProvider;
        await WarmUpAsync();
        ProcessSample before = ProcessSample.Take();
        long start = time.GetTimestamp(), wall = Stopwatch.GetTimestamp();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        SoakCall[] calls = [.. Enumerable.Range(0, plan.Connections).Select(number => new SoakCall(number, plan, here, there, _findings))];
        await Task.WhenAll(calls.Select(call => call.StartAsync()));
        while (time.GetElapsedTime(start) < plan.Duration && !cancellation.IsCancellationRequested)
        {
            TimeSpan left = plan.Duration - time.GetElapsedTime(start);
            await SleepAsync(left < plan.SampleInterval ? left : plan.SampleInterval, time, cancellation);
            await Task.WhenAll(calls.Select(call => call.RestAsync()));
            _samples.Add(ProcessSample.Take());
            Progress?.Invoke(time.GetElapsedTime(start), _samples[^1]);
            Array.ForEach(calls, call => call.GoOn());
        }

        await Task.WhenAll(calls.Select(call => call.RestAsync()));
        TimeSpan lasted = time.GetElapsedTime(start), took = Stopwatch.GetElapsedTime(wall);
        processor = Environment.CpuUsage.TotalTime - processor;
        Array.ForEach(calls, call => call.End());
        await Task.WhenAll(calls.Select(call => call.DisposeAsync().AsTask()));
        var report = new SoakReport(
            plan, lasted, took, processor, before, ProcessSample.Take(), _samples, [.. calls.Select(call => call.Tally)], _findings);
        report.Judge();
        return report;
    }

    // A short call makes what a process makes once: assemblies, the pool, the poll of the sockets. What is left behind is counted from
    // here.
    private async Task WarmUpAsync()
    {
        var call = new SoakCall(-1, plan, here, there, _findings);
        await call.StartAsync();
        await call.WaitAsync(WarmUp);
        await call.RestAsync();
        await call.DisposeAsync();
        _ = ProcessSample.Take();
    }

    private static async Task SleepAsync(TimeSpan pause, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(pause, time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Ended early, the run is judged by what it has.
        }
    }
}
