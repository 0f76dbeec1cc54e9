using System.Net;
using System.Net.Sockets;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>A machine in the virtual network.</summary>
public sealed class VirtualHost : VirtualNode
{
    private const ushort FirstEphemeralPort = 49152;
    private readonly Dictionary<TransportAddress, VirtualSocket> _sockets = [];
    private ushort _nextPort = FirstEphemeralPort;

    internal VirtualHost(VirtualNetwork network, Realm realm, string name, IReadOnlyList<IPAddress> addresses)
        : base(network, realm, name, addresses)
    {
        LocalAddresses = Listed(addresses);
        Platform = new Platform
        {
            Network = new HostNetwork(this),
            TimeProvider = network.Simulator.TimeProvider,
            Scheduler = network.Simulator,
            Random = network.Simulator.RandomFor("host " + name),
        };
    }

    /// <summary>What a connection on this host stands on: network, clock, scheduler and randomness, all of the simulation.</summary>
    public Platform Platform { get; }

    /// <summary>
    /// What the host's network says its addresses are, in the order of preference. Loopback works without being listed; list it to have it
    /// gathered.
    /// </summary>
    public IReadOnlyList<LocalAddress> LocalAddresses { get; set; }

    /// <summary>How many bytes may wait in each socket for its reader; those beyond are lost. By default 1 MiB.</summary>
    public int ReceiveBufferBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The largest IP packet that the host's own interface takes, in bytes, headers included: larger ones are refused where they are sent,
    /// and the socket says so (<see cref="IDatagramSocket.TakeTooLarge"/>). By default nothing is refused; a link's
    /// <see cref="LinkConditions.Mtu"/> loses packets in silence.
    /// </summary>
    public int InterfaceMtu { get; set; } = int.MaxValue;

    /// <summary>Sockets that are bound now.</summary>
    public int OpenSockets => _sockets.Count;

    /// <summary>
    /// Gives the host other addresses in place of those it had, as when a machine moves to another network: sockets bound to the old
    /// ones stay open but neither send nor receive any more.
    /// </summary>
    public void ChangeAddresses(params string[] addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        Realm.Remove(this);
        Addresses = [.. addresses.Select(IPAddress.Parse)];
        Realm.Add(this);
        LocalAddresses = Listed(Addresses);
    }

    internal VirtualSocket Bind(TransportAddress local)
    {
        if (!IsWildcard(local) && !local.IsLoopback && !Owns(local))
        {
            throw new SocketException((int)SocketError.AddressNotAvailable);
        }

        if (local.Port == 0)
        {
            local = local.WithPort(FreePort(local));
        }
        else if (_sockets.ContainsKey(local))
        {
            throw new SocketException((int)SocketError.AddressAlreadyInUse);
        }

        var socket = new VirtualSocket(this, local);
        _sockets.Add(local, socket);
        return socket;
    }

    internal void Unbind(VirtualSocket socket) => _sockets.Remove(socket.LocalAddress);

    /// <summary>Sends a datagram of one of the host's sockets on its way. False: the interface refused it as too large.</summary>
    internal bool Send(VirtualSocket socket, ReadOnlySpan<byte> datagram, TransportAddress destination, byte ecn)
    {
        var packet = Network.Rent();
        packet.Fill(datagram);
        packet.Origin = this;
        packet.From = this;
        packet.To = this;
        packet.Hops = 0;
        packet.Ecn = ecn;
        packet.Destination = destination;
        packet.Source = SourceFor(socket.LocalAddress, destination);
        Network.CountSent(packet);
        if (packet.Source.Family != destination.Family || destination.Port == 0)
        {
            Network.Lose(packet, LossCause.NoRoute);
        }
        else if (datagram.Length > 65_507)
        {
            Network.Lose(packet, LossCause.TooLarge);
        }
        else if (destination.IsLoopback || Owns(destination))
        {
            Network.EnterLoopback(packet);
        }
        else if (packet.WireSize > InterfaceMtu)
        {
            Network.Lose(packet, LossCause.TooLarge);
            return false;
        }
        else if (!Owns(packet.Source))
        {
            Network.Lose(packet, LossCause.NoRoute);
        }
        else
        {
            Realm.Route(packet, this);
        }

        return true;
    }

    internal override void Arrive(Packet packet)
    {
        if (!_sockets.TryGetValue(packet.Destination, out var socket) && !_sockets.TryGetValue(Wildcard(packet.Destination), out socket))
        {
            Network.Lose(packet, LossCause.NoListener);
        }
        else if (!socket.TryDeliver(packet))
        {
            Network.Lose(packet, LossCause.ReceiveBuffer);
        }
    }

    private static IReadOnlyList<LocalAddress> Listed(IReadOnlyList<IPAddress> addresses) =>
        [.. addresses.Select(address => new LocalAddress(address, "eth0", NetworkInterfaceKind.Ethernet))];

    private TransportAddress SourceFor(TransportAddress local, TransportAddress destination)
    {
        if (!IsWildcard(local))
        {
            return local;
        }

        if (destination.IsLoopback)
        {
            return destination.WithPort(local.Port);
        }

        return FirstOf(destination.Family).WithPort(local.Port);
    }

    private ushort FreePort(TransportAddress local)
    {
        for (var tries = 0; tries <= ushort.MaxValue - FirstEphemeralPort; tries++)
        {
            var port = _nextPort;
            _nextPort = port == ushort.MaxValue ? FirstEphemeralPort : (ushort)(port + 1);
            if (!_sockets.ContainsKey(local.WithPort(port)))
            {
                return port;
            }
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    private static bool IsWildcard(TransportAddress address) => Wildcard(address) == address;

    private static TransportAddress Wildcard(TransportAddress address) =>
        new(address.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, address.Port);
}
