namespace Parley.Sctp;

/// <summary>A chunk found lost.</summary>
/// <remarks>draft-ietf-ccwg-bbr: HandleLostPacket(P).</remarks>
public readonly record struct PacketLoss
{
    /// <summary>The number of the packet that carried it; consecutive numbers are consecutive packets.</summary>
    public long Packet { get; init; }

    /// <summary>Bytes lost, with the chunk's header.</summary>
    public int Bytes { get; init; }

    /// <summary>Bytes found lost since the packet was sent, these included.</summary>
    public long Lost { get; init; }

    /// <summary>Bytes on their way when the packet had been sent, its own included; 0: not known.</summary>
    public long BytesInFlightWhenSent { get; init; }

    /// <summary>All that has been delivered until now, in bytes.</summary>
    public long DeliveredInAll { get; init; }

    /// <summary>Whether the packet was sent at a time when there was less to send than might have been.</summary>
    public bool IsApplicationLimited { get; init; }
}
