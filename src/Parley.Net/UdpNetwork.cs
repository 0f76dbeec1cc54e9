using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Parley.Net;

/// <summary>The machine's real UDP network.</summary>
public sealed class UdpNetwork : INetwork
{
    /// <summary>A network of all interfaces that are up, loopback included.</summary>
    public static UdpNetwork Default { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<LocalAddress> LocalAddresses => [.. NetworkInterface.GetAllNetworkInterfaces()
        .Where(adapter => adapter.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
        .SelectMany(adapter => adapter.GetIPProperties().UnicastAddresses, (adapter, address) => new LocalAddress(address.Address, adapter.Name, NetworkInterfaceKind.Unknown))];

    /// <inheritdoc/>
    public IDatagramSocket Bind(TransportAddress local) => new UdpSocket(local);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
