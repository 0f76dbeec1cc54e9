using Parley.Net;

namespace Parley.Simulation.Tests;

/// <summary>A socket that remembers what it received and when.</summary>
internal sealed class Peer : IWakeable, IDisposable
{
    private readonly VirtualHost _host;
    private readonly DatagramBatch _batch = new();
    private readonly DatagramBatch _out = new(70_000, 1);

    public Peer(VirtualHost host, ushort port = 0, string? address = null)
    {
        _host = host;
        var ip = address is null ? host.Addresses[0] : System.Net.IPAddress.Parse(address);
        Socket = host.Platform.Network.Bind(new TransportAddress(ip, port));
        Socket.NotifyWhenReadable(this);
    }

    public IDatagramSocket Socket { get; }

    public TransportAddress Address => Socket.LocalAddress;

    public List<Arrival> Received { get; } = [];

    public Action<Arrival>? OnReceived { get; set; }

    public void Send(TransportAddress to, ReadOnlySpan<byte> datagram, byte ecn = 0)
    {
        _out.Clear();
        Assert.True(_out.TryAdd(datagram, to, ecn));
        Assert.Equal(1, Socket.Send(_out));
    }

    public void Send(TransportAddress to, int number, int size = 4)
    {
        var datagram = new byte[size];
        BitConverter.TryWriteBytes(datagram, number);
        Send(to, datagram);
    }

    public void Wake()
    {
        while (Socket.Receive(_batch) > 0)
        {
            for (var i = 0; i < _batch.Count; i++)
            {
                var arrival = new Arrival(
                    Instant.Now(_host.Platform.TimeProvider), _batch.Remote(i), _batch.Datagram(i).ToArray(), _batch.Ecn(i));
                Received.Add(arrival);
                OnReceived?.Invoke(arrival);
            }

            _batch.Clear();
        }

        Socket.NotifyWhenReadable(this);
    }

    public void Dispose() => Socket.Dispose();

    internal sealed record Arrival(Instant At, TransportAddress From, byte[] Datagram, byte Ecn)
    {
        public int Number => BitConverter.ToInt32(Datagram);
    }
}
