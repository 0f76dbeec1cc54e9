namespace Parley.Sctp;

/// <summary>
/// How fast the path delivered, as the latest sent of the packets that a SACK newly acknowledged tells (draft-ietf-ccwg-bbr, "Delivery Rate
/// Samples"). Made only for controllers that ask for it.
/// </summary>
/// <remarks>In the draft: RS.</remarks>
public readonly record struct DeliverySample
{
    /// <summary>Whether the SACK acknowledged something whose sending is known.</summary>
    public bool HasData { get; init; }

    /// <summary>Bytes delivered per second; 0: not known.</summary>
    public double Rate { get; init; }

    /// <summary>Bytes delivered between the packet's sending and now.</summary>
    public long Delivered { get; init; }

    /// <summary>All that had been delivered when the packet was sent, in bytes.</summary>
    public long DeliveredBefore { get; init; }

    /// <summary>All that has been delivered until now, in bytes.</summary>
    public long DeliveredInAll { get; init; }

    /// <summary>Bytes on their way when the packet had been sent, its own included.</summary>
    public long BytesInFlightWhenSent { get; init; }

    /// <summary>Bytes found lost between the packet's sending and now.</summary>
    public long Lost { get; init; }

    /// <summary>Whether the packet was sent at a time when there was less to send than might have been.</summary>
    public bool IsApplicationLimited { get; init; }
}
