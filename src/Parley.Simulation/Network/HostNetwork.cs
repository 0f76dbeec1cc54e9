using System.Net;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>The network as one virtual host sees it.</summary>
internal sealed class HostNetwork(VirtualHost machine) : INetwork
{
    public IReadOnlyList<LocalAddress> LocalAddresses => machine.LocalAddresses;

    public IDatagramSocket Bind(TransportAddress local) => machine.Bind(local);

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default) =>
        machine.Network.Names.ResolveAsync(host, cancellationToken);
}
