using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Parley.Net.Mdns;

/// <summary>Where a query goes, and through which interface.</summary>
/// <param name="Address">The multicast group, or in a test one responder.</param>
/// <param name="InterfaceIndex">The interface it leaves by; 0 leaves the choice to the system.</param>
internal sealed record MdnsDestination(TransportAddress Address, int InterfaceIndex)
{
    private const ushort Port = 5353;
    private static readonly IPAddress s_groupV4 = new([224, 0, 0, 251]);
    private static readonly IPAddress s_groupV6 = IPAddress.Parse("ff02::fb");

    /// <summary>Both groups of RFC 6762 §3, on each interface that is up and carries multicast.</summary>
    internal static IReadOnlyList<MdnsDestination> OfThisMachine()
    {
        var destinations = new List<MdnsDestination>();
        foreach (var adapter in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (adapter.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown) || !adapter.SupportsMulticast)
            {
                continue;
            }

            var properties = adapter.GetIPProperties();
            if (adapter.Supports(NetworkInterfaceComponent.IPv4) && HasFamily(properties, AddressFamily.InterNetwork))
            {
                destinations.Add(new MdnsDestination(new TransportAddress(s_groupV4, Port), properties.GetIPv4Properties().Index));
            }

            if (adapter.Supports(NetworkInterfaceComponent.IPv6) && HasFamily(properties, AddressFamily.InterNetworkV6))
            {
                destinations.Add(new MdnsDestination(new TransportAddress(s_groupV6, Port), properties.GetIPv6Properties().Index));
            }
        }

        return destinations;
    }

    private static bool HasFamily(IPInterfaceProperties properties, AddressFamily family) =>
        properties.UnicastAddresses.Any(address => address.Address.AddressFamily == family);
}
