using System.Net;

namespace Parley.Net;

/// <summary>
/// The network as a connection sees it: the real one (<see cref="UdpNetwork"/>) or a simulated one. Safe for use from any thread.
/// </summary>
public interface INetwork
{
    /// <summary>The machine's addresses from which candidates may be gathered, in the order of preference.</summary>
    IReadOnlyList<LocalAddress> LocalAddresses { get; }

    /// <summary>Binds a socket; port 0 asks for any free one.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    IDatagramSocket Bind(TransportAddress local);

    /// <summary>
    /// Binds several sockets to one address, among which the system spreads what arrives, each remote address to one of them; fewer, down
    /// to a single one, where it cannot. Port 0 asks for any free one.
    /// </summary>
    /// <param name="local">The address; nobody else may have it.</param>
    /// <param name="count">How many sockets, at least 1.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    IReadOnlyList<IDatagramSocket> BindGroup(TransportAddress local, int count) => [Bind(local)];

    /// <summary>
    /// Looks up a host name: an mDNS query (RFC 6762) for a name under <c>.local</c>, else DNS. Empty when the name is unknown.
    /// </summary>
    ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default);
}
