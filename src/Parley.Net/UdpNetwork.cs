using System.Net;
using System.Net.Sockets;
using Parley.Net.Mdns;

namespace Parley.Net;

/// <summary>The machine's real UDP network.</summary>
public sealed class UdpNetwork : INetwork
{
    private readonly UdpNetworkOptions _options;
    private readonly MdnsResolver? _mdns;

    /// <summary>A network with the given options.</summary>
    public UdpNetwork(UdpNetworkOptions? options = null)
    {
        _options = options ?? new UdpNetworkOptions();
        _mdns = _options.MulticastDns ? new MdnsResolver(MdnsDestination.OfThisMachine) : null;
    }

    /// <summary>A network of all interfaces that are up, loopback included.</summary>
    public static UdpNetwork Default { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<LocalAddress> LocalAddresses => _options.Include is { } include
        ? [.. NetworkInterfaces.Addresses.Where(include)]
        : NetworkInterfaces.Addresses;

    /// <inheritdoc/>
    public IDatagramSocket Bind(TransportAddress local) => new UdpSocket(local, _options);

    /// <inheritdoc/>
    /// <remarks>Several on Linux alone (SO_REUSEPORT); each asks for a buffer four times as large as a socket of its own, since many
    /// connections share it.</remarks>
    public IReadOnlyList<IDatagramSocket> BindGroup(TransportAddress local, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var options = _options with { SocketBufferBytes = (int)Math.Min(int.MaxValue, _options.SocketBufferBytes * 4L) };
        var first = new UdpSocket(local, options);
        List<IDatagramSocket> sockets = [first];
        try
        {
            // The first is bound alone, so that an address in use is found out; then it lets others join.
            if (count > 1 && first.TryShare())
            {
                while (sockets.Count < count)
                {
                    sockets.Add(new UdpSocket(first.LocalAddress, options, joins: true));
                }
            }
        }
        catch (SocketException)
        {
            // Fewer will do.
        }

        return sockets;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        if (MdnsResolver.IsLocalName(host))
        {
            return _mdns is null ? [] : await _mdns.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
