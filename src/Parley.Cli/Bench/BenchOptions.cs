namespace Parley.Cli.Bench;

/// <summary>What a workload was asked for; null for its own default.</summary>
internal sealed record BenchOptions
{
    /// <summary>How long it measures, in seconds, after warming up.</summary>
    public double Seconds { get; init; }

    /// <summary>The size of a message, or of an RTP payload, in bytes.</summary>
    public int? Message { get; init; }

    /// <summary>Whether the other side is a process of its own.</summary>
    public bool TwoProcesses { get; init; }

    /// <summary>How many connections.</summary>
    public int? Connections { get; init; }
}
