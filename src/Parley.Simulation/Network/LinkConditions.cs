namespace Parley.Simulation;

/// <summary>What a link does to the datagrams that cross it in one direction. Shares and probabilities are from 0 to 1.</summary>
public sealed record LinkConditions
{
    /// <summary>A link that adds nothing and takes nothing away, not even time.</summary>
    public static LinkConditions Perfect { get; } = new() { Mtu = 65_575 };

    /// <summary>The share of datagrams lost, each on its own.</summary>
    public double Loss { get; init; }

    /// <summary>Loss that comes in bursts, in addition to <see cref="Loss"/>; null for none.</summary>
    public BurstLoss? BurstLoss { get; init; }

    /// <summary>The time every datagram takes.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The greatest additional time; each datagram's is drawn evenly from zero to this. It does not change their order.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The share of datagrams held back by <see cref="ReorderingDelay"/>, so that later ones overtake them.</summary>
    public double Reordering { get; init; }

    /// <summary>How long a reordered datagram is held back. By default 10 ms.</summary>
    public TimeSpan ReorderingDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The share of datagrams that arrive twice.</summary>
    public double Duplication { get; init; }

    /// <summary>The share of datagrams that arrive with one bit turned over, as if no checksum had caught it.</summary>
    public double Corruption { get; init; }

    /// <summary>Bits per second, IP and UDP headers included; 0 for no limit.</summary>
    public long Rate { get; init; }

    /// <summary>
    /// How many bytes may wait for their turn before a link with a <see cref="Rate"/> drops the next (tail drop). By default 256 KiB.
    /// </summary>
    public int QueueBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// How long a datagram may have to wait for its turn before it is dropped instead. By default no limit but <see cref="QueueBytes"/>.
    /// </summary>
    public TimeSpan QueueTime { get; init; } = TimeSpan.MaxValue;

    /// <summary>
    /// The number of waiting bytes above which a link with a <see cref="Rate"/> marks ECN-capable datagrams as having experienced
    /// congestion (RFC 3168); null for a link that never marks.
    /// </summary>
    public int? EcnThresholdBytes { get; init; }

    /// <summary>
    /// The largest IP packet in bytes, headers included; larger ones are lost, as with "don't fragment". By default 1,500.
    /// </summary>
    public int Mtu { get; init; } = 1500;
}
