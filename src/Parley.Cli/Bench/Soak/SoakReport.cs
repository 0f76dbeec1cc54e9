using System.Text.Json;

namespace Parley.Cli.Bench.Soak;

/// <summary>How a soak went, and whether that is good.</summary>
internal sealed class SoakReport(
    SoakPlan plan,
    TimeSpan lasted,
    TimeSpan took,
    TimeSpan processor,
    ProcessSample before,
    ProcessSample after,
    IReadOnlyList<ProcessSample> samples,
    IReadOnlyList<SoakTally> tallies,
    SoakFindings findings)
{
    // Pools, and the windows that grew with the path, take their time; a leak of a few bytes a packet is far above.
    private const double MemoryAmount = 2 * 1024 * 1024;
    private const double MemoryShare = 0.1;
    private const double CountAmount = 4;
    private const double TimersPerConnection = 8;

    /// <summary>Managed memory over the time.</summary>
    public Trend Managed { get; } = Of(samples, static each => each.Managed);

    /// <summary>
    /// Resident memory over the time: told, not judged, since the runtime keeps pages by the machine's load and not by what the program
    /// holds.
    /// </summary>
    public Trend Resident { get; } = Of(samples, static each => each.Resident);

    /// <summary>Open handles over the time.</summary>
    public Trend Handles { get; } = Of(samples, static each => each.Handles);

    /// <summary>Threads over the time.</summary>
    public Trend Threads { get; } = Of(samples, static each => each.Threads);

    /// <summary>Active timers over the time.</summary>
    public Trend Timers { get; } = Of(samples, static each => each.Timers);

    /// <summary>What went wrong.</summary>
    public SoakFindings Findings => findings;

    /// <summary>Sum of the calls.</summary>
    public long Sum(Func<SoakTally, long> member) => tallies.Sum(member);

    /// <summary>Adds to the findings what the measurements say.</summary>
    public void Judge()
    {
        Expect(Managed.IsFlat(MemoryAmount, MemoryShare), $"managed memory grew by {Managed.Growth / 1024:0} KiB");
        Expect(Handles.IsFlat(CountAmount, 0), $"handles grew by {Handles.Growth:0.0}");
        Expect(Threads.IsFlat(CountAmount, 0), $"threads grew by {Threads.Growth:0.0}");
        Expect(Timers.IsFlat(TimersPerConnection * plan.Connections, 0), $"timers grew by {Timers.Growth:0.0}");
        Expect(after.Handles - before.Handles <= CountAmount, $"{after.Handles - before.Handles} handles were left behind");
        Expect(Sum(tally => tally.Messages) > 0 && Sum(tally => tally.FramesReceived) > 0, "nothing was sent");
    }

    public void Write(Utf8JsonWriter result)
    {
        result.WriteNumber("lasted_s", Math.Round(lasted.TotalSeconds, 1));
        result.WriteBoolean("ok", findings.Count == 0);
        result.WriteNumber("messages", Sum(tally => tally.Messages));
        result.WriteNumber("megabytes", Math.Round(Sum(tally => tally.Bytes) / 1e6, 1));
        result.WriteNumber("unreliable_messages", Sum(tally => tally.Unreliable));
        result.WriteNumber("unreliable_lost", Sum(tally => tally.UnreliableLost));
        result.WriteNumber("frames_sent", Sum(tally => tally.FramesSent));
        result.WriteNumber("frames_received", Sum(tally => tally.FramesReceived));
        result.WriteNumber("renegotiations", Sum(tally => tally.Renegotiations));
        result.WriteNumber("transceivers_added_and_stopped", Sum(tally => tally.TransceiversAddedAndStopped));
        result.WriteNumber("ice_restarts", Sum(tally => tally.IceRestarts));
        result.WriteNumber("offers_crossed", Sum(tally => tally.OffersCrossed));
        result.WriteNumber("channels_opened_and_closed", Sum(tally => tally.ChannelsOpenedAndClosed));
        result.WriteNumber("readers_stopped", Sum(tally => tally.ReadersStopped));
        Write(result, "managed_kib", Managed, 1024);
        Write(result, "resident_kib", Resident, 1024);
        Write(result, "handles", Handles, 1);
        Write(result, "threads", Threads, 1);
        Write(result, "timers", Timers, 1);
        result.WriteNumber("handles_left", after.Handles - before.Handles);
        result.WriteNumber("cpu_s", Math.Round(processor.TotalSeconds, 1));
        result.WriteNumber("cpu_share", Math.Round(processor / took, 3));
        result.WriteStartArray("findings");
        foreach (string finding in findings.Kept)
        {
            result.WriteStringValue(finding);
        }

        result.WriteEndArray();
    }

    private static Trend Of(IReadOnlyList<ProcessSample> samples, Func<ProcessSample, double> member) =>
        Trend.Of([.. samples.Select(member)]);

    private static void Write(Utf8JsonWriter result, string name, Trend trend, double unit)
    {
        result.WriteStartObject(name);
        result.WriteNumber("first", Math.Round(trend.First / unit, 1));
        result.WriteNumber("growth", Math.Round(trend.Growth / unit, 1));
        result.WriteNumber("noise", Math.Round(trend.Noise / unit, 1));
        result.WriteEndObject();
    }

    private void Expect(bool holds, string finding)
    {
        if (!holds)
        {
            findings.Add(finding);
        }
    }
}
