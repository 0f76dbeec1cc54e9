namespace Parley.Sctp;

/// <summary>A packet with data, as it left.</summary>
public readonly record struct SentPacket
{
    /// <summary>
    /// Its number: consecutive from 0, over all packets that carry data. <see cref="PacketDelivery"/> and <see cref="PacketLoss"/> name it
    /// again.
    /// </summary>
    public long Number { get; init; }

    /// <summary>Bytes of the chunks in it, with their headers, new and repeated.</summary>
    public int Bytes { get; init; }

    /// <summary>Bytes on their way now, these included.</summary>
    public long BytesInFlight { get; init; }
}
