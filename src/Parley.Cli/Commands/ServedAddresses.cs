using System.Net;
using System.Net.NetworkInformation;

namespace Parley.Cli.Commands;

/// <summary>The addresses by which people reach a server.</summary>
internal static class ServedAddresses
{
    /// <summary>What a person can open: the address itself, or for "every address" those that this machine has, its own first.</summary>
    public static IReadOnlyList<Uri> Of(Uri listening)
    {
        bool isEvery = IPAddress.TryParse(listening.Host.Trim('[', ']'), out IPAddress? ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
        if (!isEvery)
        {
            return [listening];
        }

        bool isIPv4Only = ip!.Equals(IPAddress.Any);
        IEnumerable<IPAddress> reachable = NetworkInterface.GetAllNetworkInterfaces()
            .Where(static each => each.OperationalStatus == OperationalStatus.Up)
            .SelectMany(static each => each.GetIPProperties().UnicastAddresses)
            .Select(static each => each.Address)
            .Where(each => !IPAddress.IsLoopback(each) && !each.IsIPv6LinkLocal && (!isIPv4Only || each.GetAddressBytes().Length == 4));
        return [.. new[] { IPAddress.Loopback }.Concat(reachable).Distinct().Select(each =>
            new UriBuilder(listening) { Host = each.ToString() }.Uri)];
    }

    /// <summary>Tells the addresses for other machines, and what they need.</summary>
    public static async Task TellOthersAsync(TextWriter output, IReadOnlyList<Uri> addresses, string room)
    {
        foreach (Uri address in addresses.Skip(1))
        {
            await output.WriteLineAsync($"  from other machines: {address}?room={room}");
        }

        if (addresses.Any(address => !address.IsLoopback))
        {
            await output.WriteLineAsync(
                "  Browsers on other machines give a page its camera and microphone only with HTTPS: put a reverse proxy that has "
                + "a certificate before it, and name it with --origin https://NAME.");
        }
    }
}
