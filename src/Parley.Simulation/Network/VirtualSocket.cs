using Parley.Net;

namespace Parley.Simulation;

/// <summary>A socket of a virtual host.</summary>
internal sealed class VirtualSocket(VirtualHost host, TransportAddress local) : IDatagramSocket
{
    private readonly Queue<Packet> _arrived = new();
    private IWakeable? _waiting;
    private int _arrivedBytes;
    private int _smallestRefused;
    private bool _closed;

    public TransportAddress LocalAddress { get; } = local;

    public bool DontFragment => true;

    public int Receive(DatagramBatch batch)
    {
        var received = 0;
        while (_arrived.TryPeek(out var packet) && batch.TryAdd(packet.Datagram, packet.Source, packet.Ecn, packet.ArrivedAt))
        {
            _arrived.Dequeue();
            _arrivedBytes -= packet.Length;
            host.Network.Return(packet);
            received++;
        }

        return received;
    }

    public int Send(DatagramBatch batch, int start = 0)
    {
        for (var i = start; i < batch.Count && !_closed; i++)
        {
            var datagram = batch.Datagram(i);
            if (!host.Send(this, datagram, batch.Remote(i), batch.Ecn(i)))
            {
                _smallestRefused = _smallestRefused == 0 ? datagram.Length : Math.Min(_smallestRefused, datagram.Length);
            }
        }

        return batch.Count - start;
    }

    public int TakeTooLarge()
    {
        var refused = _smallestRefused;
        _smallestRefused = 0;
        return refused;
    }

    public void NotifyWhenReadable(IWakeable target)
    {
        if (_closed)
        {
            return;
        }

        if (_arrived.Count > 0)
        {
            target.Wake();
            return;
        }

        _waiting ??= target;
    }

    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _waiting = null;
        host.Unbind(this);
        while (_arrived.TryDequeue(out var packet))
        {
            host.Network.Return(packet);
        }
    }

    internal bool TryDeliver(Packet packet)
    {
        if (_arrivedBytes + packet.Length > host.ReceiveBufferBytes)
        {
            return false;
        }

        packet.ArrivedAt = Instant.FromNanoseconds(host.Network.Now);
        _arrived.Enqueue(packet);
        _arrivedBytes += packet.Length;
        host.Network.CountDelivered(packet);
        if (_waiting is { } target)
        {
            _waiting = null;
            target.Wake();
        }

        return true;
    }
}
