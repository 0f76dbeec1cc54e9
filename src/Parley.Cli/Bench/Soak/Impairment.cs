namespace Parley.Cli.Bench.Soak;

/// <summary>What a path does to datagrams. Shares are from 0 to 1.</summary>
internal sealed record Impairment
{
    /// <summary>The share lost.</summary>
    public double Loss { get; init; } = 0.005;

    /// <summary>The share that arrives twice.</summary>
    public double Duplication { get; init; } = 0.002;

    /// <summary>The share that later ones overtake.</summary>
    public double Reordering { get; init; } = 0.005;

    /// <summary>The time each takes.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How much longer those take that are overtaken, and at the most the second copy of one that comes twice.</summary>
    public TimeSpan ReorderingDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The largest datagram that passes, in bytes.</summary>
    public int LargestDatagram { get; init; } = 1472;
}
