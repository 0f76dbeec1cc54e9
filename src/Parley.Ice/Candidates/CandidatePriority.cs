using System.Net.Sockets;
using Parley.Net;

namespace Parley.Ice;

/// <summary>The numbers of RFC 8445 §5.1.2 and §6.1.2.3.</summary>
internal static class CandidatePriority
{
    /// <summary>RFC 8445 §5.1.2.1: priority = 2^24 (type preference) + 2^8 (local preference) + (256 - component).</summary>
    public static uint Of(IceCandidateType type, ushort localPreference, int component) =>
        (TypePreference(type) << 24) | ((uint)localPreference << 8) | (uint)(256 - component);

    /// <summary>RFC 8445 §6.1.2.3: 2^32 MIN(G,D) + 2 MAX(G,D) + (G &gt; D ? 1 : 0).</summary>
    public static ulong OfPair(uint controlling, uint controlled) =>
        ((ulong)Math.Min(controlling, controlled) << 32) + 2 * (ulong)Math.Max(
            controlling, controlled) + (controlling > controlled ? 1u : 0u);

    /// <summary>
    /// The local preference of a base: better kinds of interface first; within a kind IPv6 and IPv4 by turns, IPv6 first, each in
    /// the order they were added (RFC 8421 §4); link-local addresses after the others of their kind.
    /// </summary>
    /// <param name="address">The base.</param>
    /// <param name="kind">The interface it is on.</param>
    /// <param name="order">How many bases of this kind and family were there before.</param>
    public static ushort LocalPreference(TransportAddress address, NetworkInterfaceKind kind, int order)
    {
        var kindRank = kind switch
        {
            NetworkInterfaceKind.Ethernet => 0,
            NetworkInterfaceKind.Wireless => 1,
            NetworkInterfaceKind.Unknown => 2,
            NetworkInterfaceKind.Cellular => 3,
            NetworkInterfaceKind.Tunnel => 4,
            _ => 5,
        };
        if (address.IsLoopback)
        {
            kindRank = 5;
        }

        var family = address.Family == AddressFamily.InterNetworkV6 ? 0 : 1;
        var rank = (kindRank << 12) | (address.IsLinkLocal ? 1 << 11 : 0) | Math.Min(order * 2 + family, (1 << 11) - 1);
        return (ushort)(ushort.MaxValue - rank);
    }

    // RFC 8445 §5.1.2.2: the recommended values.
    private static uint TypePreference(IceCandidateType type) => type switch
    {
        IceCandidateType.Host => 126,
        IceCandidateType.PeerReflexive => 110,
        IceCandidateType.ServerReflexive => 100,
        _ => 0,
    };
}
