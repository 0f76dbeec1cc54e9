using Parley.Net;

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

    /// <summary>Whether the ends that measure share one port; those they talk with have a port each, as browsers do.</summary>
    public bool SharesPort { get; init; }

    /// <summary>The port that they share, to be disposed; null for none.</summary>
    public SharedUdpPort? OpenPort() => SharesPort ? new SharedUdpPort(null, Platform.Loopback) : null;

    /// <summary>How many connections.</summary>
    public int? Connections { get; init; }
}
