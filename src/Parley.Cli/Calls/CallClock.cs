using System.Diagnostics;

namespace Parley.Cli.Calls;

/// <summary>Seconds since the command began.</summary>
internal sealed class CallClock
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>When the command began.</summary>
    public DateTimeOffset Started { get; } = DateTimeOffset.Now;

    /// <summary>Seconds since then, to the millisecond.</summary>
    public double Seconds => Math.Round(Stopwatch.GetElapsedTime(_start).TotalSeconds, 3);
}
