using Parley.Net;

namespace Parley.Transport;

/// <summary>
/// The local end of paths: where datagrams leave from and how. The driver makes it and carries what leaves by it; the transport writes its
/// packets so that the carrier needs no copy.
/// </summary>
/// <param name="Kind">What carries the datagrams.</param>
/// <param name="Address">The address that checks are sent from, with its port: it names the local end among those of one transport.</param>
/// <param name="Interface">What kind of network interface it is on; decides the preference of its candidates (RFC 8421).</param>
public sealed record LocalPath(PathKind Kind, TransportAddress Address, NetworkInterfaceKind Interface)
{
    /// <summary>
    /// The bytes in front of each packet that are the carrier's to fill, 0 to 64; they are part of the datagram in the batch.
    /// </summary>
    public int Headroom { get; init; }

    /// <summary>
    /// The largest datagram that may be tried, in bytes, the headroom included; 0: nothing is tried beyond what every path takes. Only
    /// where datagrams are never cut into fragments can a size be tried (RFC 8899).
    /// </summary>
    public int MaxDatagramSize { get; init; }

    /// <summary>
    /// What the ids of STUN transactions begin with, when the port is shared with other transports; null: ids are random throughout.
    /// </summary>
    public uint? TransactionTag { get; init; }
}
