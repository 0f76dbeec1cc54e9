using System.Net;
using Parley.Net;

namespace Parley.Cli.Bench.Soak;

/// <summary>A network whose datagrams leave late, twice or not at all.</summary>
internal sealed class ImpairedNetwork(INetwork network, Impairment impairment, TimeProvider time) : INetwork
{
    public IReadOnlyList<LocalAddress> LocalAddresses => network.LocalAddresses;

    public IDatagramSocket Bind(TransportAddress local) => new ImpairedSocket(network.Bind(local), impairment, time);

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default) =>
        network.ResolveAsync(host, cancellationToken);
}
