using System.Net;
using System.Net.Sockets;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>Something with an address in the virtual network: a host, or a NAT.</summary>
public abstract class VirtualNode
{
    private TransportAddress[] _own = [];

    private protected VirtualNode(VirtualNetwork network, Realm realm, string name, IReadOnlyList<IPAddress> addresses)
    {
        Network = network;
        Realm = realm;
        Name = name;
        Addresses = addresses;
        Uplink = new Link(network, name + "↑", LinkConditions.Perfect);
        Downlink = new Link(network, name + "↓", LinkConditions.Perfect);
    }

    /// <summary>The name it was given.</summary>
    public string Name { get; }

    /// <summary>Its addresses, in the order of preference.</summary>
    public IReadOnlyList<IPAddress> Addresses
    {
        get;
        private protected set
        {
            field = value;
            _own = [.. value.Select(address => new TransportAddress(address, 0))];
        }
    }

    /// <summary>
    /// The line all it sends goes through before it parts for the several destinations. Perfect until conditions are set.
    /// </summary>
    public Link Uplink { get; }

    /// <summary>The line all that comes for it goes through last. Perfect until conditions are set.</summary>
    public Link Downlink { get; }

    internal VirtualNetwork Network { get; }

    internal Realm Realm { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The first of its addresses of a family, with port 0; the default value when it has none.</summary>
    internal TransportAddress FirstOf(AddressFamily family)
    {
        foreach (var own in _own)
        {
            if (own.Family == family)
            {
                return own;
            }
        }

        return default;
    }

    internal bool Owns(TransportAddress address)
    {
        foreach (var own in _own)
        {
            if (own.HasSameAddress(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A datagram has come for this node.</summary>
    internal abstract void Arrive(Packet packet);
}
