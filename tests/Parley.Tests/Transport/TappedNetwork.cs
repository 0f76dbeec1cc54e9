using System.Net;
using Parley.Net;

namespace Parley.Tests.Transport;

/// <summary>A network that shows each datagram that leaves.</summary>
internal sealed class TappedNetwork(INetwork network, Action<byte[]> sent) : INetwork
{
    public IReadOnlyList<LocalAddress> LocalAddresses => network.LocalAddresses;

    public IDatagramSocket Bind(TransportAddress local) => new TappedSocket(network.Bind(local), sent);

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default) =>
        network.ResolveAsync(host, cancellationToken);

    private sealed class TappedSocket(IDatagramSocket socket, Action<byte[]> sent) : IDatagramSocket
    {
        public TransportAddress LocalAddress => socket.LocalAddress;

        public bool DontFragment => socket.DontFragment;

        public int Receive(DatagramBatch batch) => socket.Receive(batch);

        public int Send(DatagramBatch batch, int start = 0)
        {
            var end = start + socket.Send(batch, start);
            for (var i = start; i < end; i++)
            {
                sent(batch.Datagram(i).ToArray());
            }

            return end - start;
        }

        public void NotifyWhenReadable(IWakeable target) => socket.NotifyWhenReadable(target);

        public void Dispose() => socket.Dispose();
    }
}
