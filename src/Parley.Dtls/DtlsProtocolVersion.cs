namespace Parley.Dtls;

/// <summary>Versions of the protocol as they stand on the wire: the ones' complement of the number (RFC 6347 §4.1).</summary>
public enum DtlsProtocolVersion : ushort
{
    /// <summary>DTLS 1.0: only ever seen in the record headers of hellos.</summary>
    Dtls10 = 0xFEFF,

    /// <summary>DTLS 1.2, RFC 6347.</summary>
    Dtls12 = 0xFEFD,

    /// <summary>DTLS 1.3, RFC 9147: offered by peers, not yet spoken here.</summary>
    Dtls13 = 0xFEFC,
}
