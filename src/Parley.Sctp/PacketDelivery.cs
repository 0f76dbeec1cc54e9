namespace Parley.Sctp;

/// <summary>
/// A chunk acknowledged for the first time, by the cumulative TSN or a gap block. One that was taken for lost too early may be told of
/// after its
/// <see cref="PacketLoss"/>; what is in flight in the end <see cref="SentPacket.BytesInFlight"/> and <see
/// cref="Acknowledgement.BytesInFlight"/> say.
/// </summary>
public readonly record struct PacketDelivery
{
    /// <summary>The number of the packet that carried it last, from <see cref="SentPacket.Number"/>.</summary>
    public long Packet { get; init; }

    /// <summary>Bytes delivered, with the chunk's header.</summary>
    public int Bytes { get; init; }

    /// <summary>How long ago it was sent; null when it was sent more than once, for nobody knows which sending was acknowledged.</summary>
    public TimeSpan? RoundTrip { get; init; }
}
