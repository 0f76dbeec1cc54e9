using System.Net.Sockets;
using Parley.Net;

namespace Parley.Ice;

/// <summary>
/// The zones of link-local IPv6 addresses (RFC 4007): sockets need them, the wire and signaling do not know them. Paths bear
/// the zone of the base, candidates none.
/// </summary>
internal static class Scope
{
    /// <summary>The address as a candidate has it.</summary>
    public static TransportAddress WithoutScope(this TransportAddress address) => address.ScopeId == 0 ? address : WithScope(address, 0);

    /// <summary>The address as it is reached from a base.</summary>
    public static TransportAddress SeenFrom(this TransportAddress address, TransportAddress @base) =>
        address.Family == AddressFamily.InterNetworkV6 && address.IsLinkLocal && address.ScopeId == 0 && @base.ScopeId != 0
            ? WithScope(address, @base.ScopeId)
            : address;

    private static TransportAddress WithScope(TransportAddress address, uint scopeId)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = address.WriteAddress(bytes);
        return TransportAddress.FromBytes(bytes[..length], address.Port, scopeId);
    }
}
