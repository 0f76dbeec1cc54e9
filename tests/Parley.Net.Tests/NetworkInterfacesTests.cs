using System.Net;
using static Parley.Net.NetworkInterfaces;

namespace Parley.Net.Tests;

public class NetworkInterfacesTests
{
    [Fact]
    public void Order_ManyKinds_CablesFirstFamiliesByTurnsLoopbackLast()
    {
        LocalAddress[] addresses =
        [
            new(IPAddress.Loopback, "lo", NetworkInterfaceKind.Loopback),
            new(IPAddress.IPv6Loopback, "lo", NetworkInterfaceKind.Loopback),
            new(IPAddress.Parse("10.8.0.1"), "tun0", NetworkInterfaceKind.Tunnel),
            new(IPAddress.Parse("192.168.1.2"), "wlan0", NetworkInterfaceKind.Wireless),
            new(IPAddress.Parse("2001:db8:1::2"), "wlan0", NetworkInterfaceKind.Wireless),
            new(IPAddress.Parse("fe80::1"), "eth0", NetworkInterfaceKind.Ethernet),
            new(IPAddress.Parse("192.0.2.1"), "eth0", NetworkInterfaceKind.Ethernet),
            new(IPAddress.Parse("192.0.2.2"), "eth0", NetworkInterfaceKind.Ethernet),
            new(IPAddress.Parse("2001:db8::1"), "eth0", NetworkInterfaceKind.Ethernet),
        ];
        Assert.Equal(
            ["2001:db8::1", "192.0.2.1", "192.0.2.2", "2001:db8:1::2", "192.168.1.2", "10.8.0.1", "fe80::1", "127.0.0.1", "::1"],
            Order(addresses, new Dictionary<IPAddress, V6Flags>()).Select(address => address.Address.ToString()));
    }

    [Fact]
    public void Order_TemporaryDeprecatedAndTentative_AreTreatedAsTheRfcSays()
    {
        LocalAddress Eth(string address) => new(IPAddress.Parse(address), "eth0", NetworkInterfaceKind.Ethernet);
        var flags = new Dictionary<IPAddress, V6Flags>
        {
            [IPAddress.Parse("2001:db8::aaaa")] = V6Flags.Permanent,
            [IPAddress.Parse("2001:db8::bbbb")] = V6Flags.Temporary,
            [IPAddress.Parse("2001:db8::cccc")] = V6Flags.Temporary | V6Flags.Deprecated,
            [IPAddress.Parse("2001:db8::dddd")] = V6Flags.Tentative,
            [IPAddress.Parse("2001:db8:9::aaaa")] = V6Flags.Permanent,
        };
        var ordered = Order(
            [
                Eth("2001:db8::aaaa"), Eth("2001:db8::bbbb"), Eth("2001:db8::cccc"), Eth("2001:db8::dddd"), Eth("2001:db8:9::aaaa"),
                Eth("fec0::1"), Eth("0.0.0.0"),
            ],
            flags);
        Assert.Equal(["2001:db8::bbbb", "2001:db8:9::aaaa"], ordered.Select(address => address.Address.ToString()));
    }

    [Fact]
    public void ReadV6Flags_LinuxTable_IsRead()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(
            path, "20010db8000000000000000000000001 02 40 00 01     eth0\nbroken\n00000000000000000000000000000001 01 80 10 80       lo\n");
        try
        {
            var flags = ReadV6Flags(path);
            Assert.Equal(V6Flags.Temporary, flags[IPAddress.Parse("2001:db8::1")]);
            Assert.Equal(V6Flags.Permanent, flags[IPAddress.IPv6Loopback]);
            Assert.Equal(2, flags.Count);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Empty(ReadV6Flags(path));
    }

    [Fact]
    public void LocalAddresses_OfThisMachine_EndWithLoopback()
    {
        var addresses = UdpNetwork.Default.LocalAddresses;
        Assert.NotEmpty(addresses);
        Assert.True(IPAddress.IsLoopback(addresses[^1].Address));
        Assert.Equal(NetworkInterfaceKind.Loopback, addresses[^1].InterfaceKind);

        var only = new UdpNetwork(new UdpNetworkOptions { Include = address => IPAddress.IsLoopback(address.Address) }).LocalAddresses;
        Assert.NotEmpty(only);
        Assert.All(only, address => Assert.True(IPAddress.IsLoopback(address.Address)));
    }
}
