namespace Parley.Sctp.Wire;

/// <summary>What an endpoint says it can do, beyond RFC 9260 alone.</summary>
[Flags]
internal enum PeerCapabilities : byte
{
    None = 0,

    /// <summary>FORWARD TSN, RFC 3758.</summary>
    PartialReliability = 1,

    /// <summary>RE-CONFIG, RFC 6525.</summary>
    Reconfiguration = 2,

    /// <summary>A checksum of zero over DTLS, RFC 9653.</summary>
    ZeroChecksum = 4,

    /// <summary>It takes packets of <see cref="SctpAssociation.LargestPacket"/> bytes. Parley's own parameter.</summary>
    LargePackets = 8,

    /// <summary>I-DATA and I-FORWARD-TSN, RFC 8260.</summary>
    Interleaving = 16,
}
