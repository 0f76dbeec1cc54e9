using System.Net;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>Something with an address in the virtual network: a host, or a NAT.</summary>
public abstract class VirtualNode
{
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
    public IReadOnlyList<IPAddress> Addresses { get; private protected set; }

    /// <summary>The line all it sends goes through before it parts for the several destinations. Perfect until conditions are set.</summary>
    public Link Uplink { get; }

    /// <summary>The line all that comes for it goes through last. Perfect until conditions are set.</summary>
    public Link Downlink { get; }

    internal VirtualNetwork Network { get; }

    internal Realm Realm { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal bool Owns(TransportAddress address)
    {
        foreach (var own in Addresses)
        {
            if (new TransportAddress(own, address.Port) == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A datagram has come for this node.</summary>
    internal abstract void Arrive(Packet packet);
}
