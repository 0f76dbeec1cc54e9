using System.Net;
using Parley.Net;

namespace Parley.Tests.Transport;

/// <summary>
/// A network with somebody on the path who adds to each datagram damaged copies of it, as if they came from its sender: with bits turned
/// over, cut off, lengthened, or random behind a plausible first byte.
/// </summary>
internal sealed class AttackedNetwork(INetwork network, RandomSource random) : INetwork
{
    private const int CopiesOfEach = 3;

    /// <summary>How many damaged datagrams were thrown.</summary>
    public int Thrown { get; private set; }

    public IReadOnlyList<LocalAddress> LocalAddresses => network.LocalAddresses;

    public IDatagramSocket Bind(TransportAddress local) => new AttackedSocket(this, network.Bind(local));

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default) =>
        network.ResolveAsync(host, cancellationToken);

    private byte[] Damage(ReadOnlySpan<byte> datagram)
    {
        Thrown++;
        var copy = datagram.ToArray();
        switch (random.Next(6))
        {
            case 0:
                copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
            case 1:
                random.Fill(copy.AsSpan(1));
                return copy;
            case 2:
                random.Fill(copy);
                return copy;
            case 3:
                for (var i = 0; i < 8; i++)
                {
                    copy[random.Next(Math.Min(copy.Length, 40))] ^= (byte)(1 << random.Next(8));
                }

                return copy;
            case 4:
                Array.Resize(ref copy, copy.Length + 1 + random.Next(64));
                return copy;
            default:
                return copy[..random.Next(copy.Length)];
        }
    }

    private sealed class AttackedSocket(AttackedNetwork network, IDatagramSocket socket) : IDatagramSocket
    {
        public TransportAddress LocalAddress => socket.LocalAddress;

        public bool DontFragment => socket.DontFragment;

        public int Receive(DatagramBatch batch)
        {
            var received = socket.Receive(batch);
            for (var i = 0; i < received; i++)
            {
                for (var copy = 0; copy < CopiesOfEach; copy++)
                {
                    batch.TryAdd(network.Damage(batch.Datagram(i)), batch.Remote(i), batch.Ecn(i));
                }
            }

            return received == 0 ? 0 : batch.Count;
        }

        public int Send(DatagramBatch batch, int start = 0) => socket.Send(batch, start);

        public void NotifyWhenReadable(IWakeable target) => socket.NotifyWhenReadable(target);

        public void Dispose() => socket.Dispose();
    }
}
