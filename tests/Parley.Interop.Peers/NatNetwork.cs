using System.Net;
using Parley.Net;

namespace Parley.Interop.Peers;

/// <summary>
/// A network behind a translator: the machine believes itself at an address that nobody can reach, and everything it sends comes out
/// of 127.0.0.1. What the outside sees, only a server outside can tell.
/// </summary>
public sealed class NatNetwork(IPAddress inside) : INetwork
{
    private readonly UdpNetwork _outside = new(new UdpNetworkOptions { MulticastDns = false });

    public IReadOnlyList<LocalAddress> LocalAddresses => [new LocalAddress(inside, "inside0", NetworkInterfaceKind.Ethernet)];

    public IDatagramSocket Bind(TransportAddress local) =>
        new Socket(_outside.Bind(new TransportAddress(IPAddress.Loopback, local.Port)), inside);

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default) =>
        _outside.ResolveAsync(host, cancellationToken);

    private sealed class Socket(IDatagramSocket outside, IPAddress inside) : IDatagramSocket
    {
        public TransportAddress LocalAddress => new(inside, outside.LocalAddress.Port);

        public bool DontFragment => outside.DontFragment;

        public int Receive(DatagramBatch batch) => outside.Receive(batch);

        public int Send(DatagramBatch batch, int start = 0) => outside.Send(batch, start);

        public void NotifyWhenReadable(IWakeable target) => outside.NotifyWhenReadable(target);

        public void Dispose() => outside.Dispose();
    }
}
