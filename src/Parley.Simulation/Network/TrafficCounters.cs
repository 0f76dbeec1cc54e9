namespace Parley.Simulation;

/// <summary>What a link, or the whole network, has carried and lost.</summary>
public sealed class TrafficCounters
{
    private readonly long[] _lost = new long[Enum.GetValues<LossCause>().Length];

    /// <summary>Datagrams handed over.</summary>
    public long Sent { get; internal set; }

    /// <summary>Bytes of the datagrams handed over, without headers.</summary>
    public long SentBytes { get; internal set; }

    /// <summary>Datagrams that came out at the other end, second copies included.</summary>
    public long Delivered { get; internal set; }

    /// <summary>Bytes that came out at the other end, without headers.</summary>
    public long DeliveredBytes { get; internal set; }

    /// <summary>Datagrams that were doubled.</summary>
    public long Duplicated { get; internal set; }

    /// <summary>Datagrams that were held back.</summary>
    public long Reordered { get; internal set; }

    /// <summary>Datagrams in which a bit was turned over.</summary>
    public long Corrupted { get; internal set; }

    /// <summary>Datagrams marked as having experienced congestion.</summary>
    public long Marked { get; internal set; }

    /// <summary>Datagrams lost, for whatever cause.</summary>
    public long TotalLost { get; private set; }

    /// <summary>Datagrams lost for one cause.</summary>
    public long Lost(LossCause cause) => _lost[(int)cause];

    internal void AddLost(LossCause cause)
    {
        _lost[(int)cause]++;
        TotalLost++;
    }
}
