using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Parley.Net;

/// <summary>The machine's addresses, the best first.</summary>
internal static class NetworkInterfaces
{
    // Asking the system takes milliseconds; a server that opens a hundred connections a second asks it once.
    private const long FreshMilliseconds = 2000;

    private static (long At, IReadOnlyList<LocalAddress> Addresses)? s_last;
    private static readonly Lock s_gate = new();

    internal static IReadOnlyList<LocalAddress> Addresses
    {
        get
        {
            lock (s_gate)
            {
                if (s_last is not { } last || Environment.TickCount64 - last.At > FreshMilliseconds)
                {
                    s_last = last = (Environment.TickCount64, Order([.. Read()], ReadV6Flags("/proc/net/if_inet6")));
                }

                return last.Addresses;
            }
        }
    }

    /// <summary>
    /// The order of preference: cables before wireless before tunnels; on each interface IPv6 and IPv4 by turns (RFC 8421 §4); then
    /// link-local addresses, then loopback. Addresses that are deprecated, not yet usable or of a withdrawn kind are left out, and so is
    /// a stable IPv6 address where a temporary one of the same network hides it (RFC 8445 §5.1.1.1, RFC 8981).
    /// </summary>
    internal static IReadOnlyList<LocalAddress> Order(IReadOnlyList<LocalAddress> addresses, IReadOnlyDictionary<IPAddress, V6Flags> flags)
    {
        var usable = addresses.Where(address => IsUsable(address.Address, flags) && !IsHidden(address, addresses, flags)).ToList();
        var wide = usable
            .Where(address => !IPAddress.IsLoopback(address.Address) && !IsLinkLocal(address.Address))
            .GroupBy(address => address.InterfaceName)
            .OrderBy(group => Rank(group.First().InterfaceKind))
            .SelectMany(Interleave);
        var rest = usable
            .Where(address => IPAddress.IsLoopback(address.Address) || IsLinkLocal(address.Address))
            .OrderBy(address => IPAddress.IsLoopback(address.Address))
            .ThenBy(address => Rank(address.InterfaceKind));
        return [.. wide.Concat(rest)];
    }

    private static IEnumerable<LocalAddress> Read()
    {
        foreach (var adapter in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (adapter.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown))
            {
                continue;
            }

            var kind = KindOf(adapter);
            foreach (var address in adapter.GetIPProperties().UnicastAddresses)
            {
                if (!OperatingSystem.IsWindows() || address.DuplicateAddressDetectionState == DuplicateAddressDetectionState.Preferred)
                {
                    yield return new LocalAddress(address.Address, adapter.Name, kind);
                }
            }
        }
    }

    /// <summary>What Linux says about its IPv6 addresses, see proc_net(5); empty elsewhere.</summary>
    internal static IReadOnlyDictionary<IPAddress, V6Flags> ReadV6Flags(string path)
    {
        var flags = new Dictionary<IPAddress, V6Flags>();
        if (!File.Exists(path))
        {
            return flags;
        }

        // address (32 hex digits), interface index, prefix length, scope, flags (two hex digits each), interface name
        foreach (var line in File.ReadLines(path))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 6 && fields[0].Length == 32
                && uint.TryParse(fields[4], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value))
            {
                flags[new IPAddress(Convert.FromHexString(fields[0]))] = (V6Flags)value;
            }
        }

        return flags;
    }

    private static NetworkInterfaceKind KindOf(NetworkInterface adapter) => adapter.NetworkInterfaceType switch
    {
        NetworkInterfaceType.Loopback => NetworkInterfaceKind.Loopback,
        NetworkInterfaceType.Wireless80211 => NetworkInterfaceKind.Wireless,
        NetworkInterfaceType.Wwanpp or NetworkInterfaceType.Wwanpp2 or NetworkInterfaceType.Wman => NetworkInterfaceKind.Cellular,
        NetworkInterfaceType.Tunnel or NetworkInterfaceType.Ppp or NetworkInterfaceType.Slip => NetworkInterfaceKind.Tunnel,
        _ when IsNamed(adapter.Name, "tun", "tap", "wg", "utun", "tailscale", "ppp", "ipsec") => NetworkInterfaceKind.Tunnel,
        _ when IsNamed(adapter.Name, "wwan", "rmnet", "pdp_ip") => NetworkInterfaceKind.Cellular,
        _ when Directory.Exists($"/sys/class/net/{adapter.Name}/wireless") || Directory.Exists($"/sys/class/net/{adapter.Name}/phy80211") =>
            NetworkInterfaceKind.Wireless,
        NetworkInterfaceType.Ethernet or NetworkInterfaceType.GigabitEthernet or NetworkInterfaceType.FastEthernetT
            or NetworkInterfaceType.FastEthernetFx => NetworkInterfaceKind.Ethernet,
        _ => NetworkInterfaceKind.Unknown,
    };

    private static bool IsNamed(string name, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsUsable(IPAddress address, IReadOnlyDictionary<IPAddress, V6Flags> flags) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? !address.Equals(IPAddress.Any)
            : !address.IsIPv6Multicast && !address.IsIPv6SiteLocal && !address.IsIPv4MappedToIPv6 && !address.IsIPv6Teredo
                && (FlagsOf(address, flags) & (V6Flags.Deprecated | V6Flags.Tentative | V6Flags.DuplicateFound)) == 0;

    private static bool IsHidden(LocalAddress address, IReadOnlyList<LocalAddress> all, IReadOnlyDictionary<IPAddress, V6Flags> flags) =>
        address.Address.AddressFamily == AddressFamily.InterNetworkV6
        && !FlagsOf(address.Address, flags).HasFlag(V6Flags.Temporary)
        && all.Any(other => other.InterfaceName == address.InterfaceName
            && FlagsOf(other.Address, flags).HasFlag(V6Flags.Temporary)
            && IsUsable(other.Address, flags)
            && other.Address.GetAddressBytes().AsSpan(0, 8).SequenceEqual(address.Address.GetAddressBytes().AsSpan(0, 8)));

    private static V6Flags FlagsOf(IPAddress address, IReadOnlyDictionary<IPAddress, V6Flags> flags) =>
        flags.Count > 0
            && address.AddressFamily == AddressFamily.InterNetworkV6
            && flags.TryGetValue(new IPAddress(address.GetAddressBytes()), out var value) ? value : V6Flags.None;

    private static bool IsLinkLocal(IPAddress address) => new TransportAddress(address, 0).IsLinkLocal;

    private static IEnumerable<LocalAddress> Interleave(IEnumerable<LocalAddress> addresses)
    {
        var v6 = new Queue<LocalAddress>(addresses.Where(address => address.Address.AddressFamily == AddressFamily.InterNetworkV6));
        var v4 = new Queue<LocalAddress>(addresses.Where(address => address.Address.AddressFamily == AddressFamily.InterNetwork));
        while (v6.Count + v4.Count > 0)
        {
            if (v6.TryDequeue(out var six))
            {
                yield return six;
            }

            if (v4.TryDequeue(out var four))
            {
                yield return four;
            }
        }
    }

    private static int Rank(NetworkInterfaceKind kind) => kind switch
    {
        NetworkInterfaceKind.Ethernet => 0,
        NetworkInterfaceKind.Unknown => 1,
        NetworkInterfaceKind.Wireless => 2,
        NetworkInterfaceKind.Cellular => 3,
        NetworkInterfaceKind.Tunnel => 4,
        _ => 5,
    };

    /// <summary>Flags of an IPv6 address, <c>IFA_F_…</c> of if_addr.h.</summary>
    [Flags]
    internal enum V6Flags
    {
        None = 0,
        Temporary = 0x01,
        DuplicateFound = 0x08,
        Deprecated = 0x20,
        Tentative = 0x40,
        Permanent = 0x80,
    }
}
