using System.Net;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>A space in which addresses are unique: the internet, or what lies behind one NAT.</summary>
internal sealed class Realm(VirtualNetwork network)
{
    private readonly Dictionary<TransportAddress, VirtualNode> _nodes = [];

    /// <summary>The way out for what is not here; null on the internet.</summary>
    internal VirtualNode? Gateway { get; init; }

    internal void Add(VirtualNode node)
    {
        foreach (var address in node.Addresses)
        {
            if (_nodes.ContainsKey(new TransportAddress(address, 0)))
            {
                throw new ArgumentException($"{address} is taken.", nameof(node));
            }
        }

        foreach (var address in node.Addresses)
        {
            _nodes[new TransportAddress(address, 0)] = node;
        }
    }

    internal void Remove(VirtualNode node)
    {
        foreach (var address in node.Addresses)
        {
            _nodes.Remove(new TransportAddress(address, 0));
        }
    }

    /// <summary>Sends a datagram of one node on to the node that has its destination address.</summary>
    internal void Route(Packet packet, VirtualNode from)
    {
        if (!_nodes.TryGetValue(packet.Destination.WithPort(0), out var to))
        {
            to = Gateway;
        }

        // Two NATs in a circle do not keep a datagram alive for ever.
        if (to is null || ++packet.Hops > 16)
        {
            network.Lose(packet, LossCause.NoRoute);
            return;
        }

        packet.Realm = this;
        packet.From = from;
        packet.To = to;
        network.EnterHop(packet);
    }
}
