using System.Collections.Concurrent;
using System.Net;
using Parley.Net;

namespace Parley.Interop.Peers;

/// <summary>
/// Loopback by several addresses, one of which can die, and with a translator before the peer that can give it other ports: what the peer
/// sends then comes from elsewhere, and what is sent to where it was is lost.
/// </summary>
public sealed class ShiftingNetwork(params IPAddress[] addresses) : INetwork
{
    private readonly UdpNetwork _outside =
        new(new UdpNetworkOptions { Include = static address => IPAddress.IsLoopback(address.Address), MulticastDns = false });
    private readonly ConcurrentDictionary<ushort, byte> _given = new();
    private volatile IPAddress? _dead;
    private volatile int _shift;

    /// <summary>The address by which nothing comes or goes any more.</summary>
    public IPAddress? Dead
    {
        get => _dead;
        set => _dead = value;
    }

    /// <summary>By how much the peer's ports seem to be greater than they are.</summary>
    public int Shift
    {
        get => _shift;
        set
        {
            _given.Clear();
            _shift = value;
        }
    }

    public IReadOnlyList<LocalAddress> LocalAddresses { get; } =
        [.. addresses.Select((address, index) => new LocalAddress(address, $"shift{index}", NetworkInterfaceKind.Ethernet))];

    public IDatagramSocket Bind(TransportAddress local) => new Socket(this, _outside.Bind(local));

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default) =>
        _outside.ResolveAsync(host, cancellationToken);

    private sealed class Socket(ShiftingNetwork network, IDatagramSocket outside) : IDatagramSocket
    {
        private readonly DatagramBatch _in = new();
        private readonly DatagramBatch _out = new();

        public TransportAddress LocalAddress => outside.LocalAddress;

        private bool IsDead => outside.LocalAddress.Address.Equals(network.Dead);

        public int Receive(DatagramBatch batch)
        {
            _in.Clear();
            outside.Receive(_in);
            var before = batch.Count;
            for (var index = 0; index < _in.Count && !IsDead; index++)
            {
                var seen = _in.Remote(index);
                seen = seen.WithPort((ushort)(seen.Port + network.Shift));
                network._given.TryAdd(seen.Port, 0);
                batch.TryAdd(_in.Datagram(index), seen, _in.Ecn(index));
            }

            return batch.Count - before;
        }

        public int Send(DatagramBatch batch, int start = 0)
        {
            _out.Clear();
            var shift = network.Shift;
            for (var index = start; index < batch.Count && !IsDead; index++)
            {
                var to = batch.Remote(index);

                // A translator lets through to the ports that it has given, and to no other.
                if (shift == 0 || network._given.ContainsKey(to.Port))
                {
                    _out.TryAdd(batch.Datagram(index), to.WithPort((ushort)(to.Port - shift)), batch.Ecn(index));
                }
            }

            outside.Send(_out);
            return batch.Count - start;
        }

        public void NotifyWhenReadable(IWakeable target) => outside.NotifyWhenReadable(target);

        public void Dispose() => outside.Dispose();
    }
}
