using System.Net;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>A network address translator: hosts behind it have addresses of their own realm and share its outside addresses.</summary>
public sealed class VirtualNat : VirtualNode
{
    private const int FirstPort = 1024;
    private readonly Dictionary<(TransportAddress Inside, TransportAddress Remote), NatMapping> _byInside = [];
    private readonly Dictionary<TransportAddress, NatMapping> _byOutside = [];
    private readonly RandomSource _random;
    private readonly Realm _inside;

    internal VirtualNat(VirtualNetwork network, Realm realm, string name, NatBehavior behavior, IReadOnlyList<IPAddress> addresses)
        : base(network, realm, name, addresses)
    {
        Behavior = behavior;
        _random = network.Simulator.RandomFor("nat " + name);
        _inside = new Realm(network) { Gateway = this };
    }

    /// <summary>How it maps and filters. Mappings made before a change stay until they time out.</summary>
    public NatBehavior Behavior { get; set; }

    /// <summary>Mappings it holds, those that have timed out but were not yet cleared away included.</summary>
    public int Mappings => _byOutside.Count;

    /// <summary>Adds a host behind this NAT. Other NATs may have hosts of the same address behind them.</summary>
    public VirtualHost AddHost(string name, params string[] addresses)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(addresses);
        return Network.AddHostTo(_inside, name, addresses);
    }

    /// <summary>Adds a NAT behind this NAT, as a provider with too few addresses does.</summary>
    public VirtualNat AddNat(string name, NatBehavior behavior, params string[] addresses)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(behavior);
        ArgumentNullException.ThrowIfNull(addresses);
        return Network.AddNatTo(_inside, name, behavior, addresses);
    }

    /// <summary>Forgets all mappings, as a reboot does.</summary>
    public void Reset()
    {
        _byInside.Clear();
        _byOutside.Clear();
    }

    internal override void Arrive(Packet packet)
    {
        if (packet.Realm == _inside)
        {
            SendOut(packet);
        }
        else
        {
            LetIn(packet);
        }
    }

    private void SendOut(Packet packet)
    {
        var behavior = Behavior;
        var hairpin = Owns(packet.Destination);
        if (hairpin && !behavior.Hairpin)
        {
            Network.Lose(packet, LossCause.Nat);
            return;
        }

        if (MappingFor(packet.Source, packet.Destination, behavior) is not { } mapping)
        {
            Network.Lose(packet, LossCause.Nat);
            return;
        }

        mapping.NoteSent(packet.Destination, Network.Now);
        mapping.NoteSent(packet.Destination.WithPort(0), Network.Now);
        packet.Source = mapping.Outside;
        if (hairpin)
        {
            // RFC 4787 REQ-9: the inside host sees the outside source address.
            LetIn(packet);
        }
        else
        {
            Realm.Route(packet, this);
        }
    }

    private void LetIn(Packet packet)
    {
        var behavior = Behavior;
        var since = Network.Now - behavior.MappingTimeout.Ticks * 100;
        if (!_byOutside.TryGetValue(packet.Destination, out var mapping)
            || mapping.LastSent < since
            || !Permits(mapping, packet.Source, behavior, since))
        {
            Network.Lose(packet, LossCause.Nat);
            return;
        }

        packet.Destination = mapping.Inside;
        _inside.Route(packet, this);
    }

    private static bool Permits(NatMapping mapping, TransportAddress remote, NatBehavior behavior, long since) => behavior.Filtering switch
    {
        NatDependence.EndpointIndependent => true,
        NatDependence.AddressDependent => mapping.IsPermitted(remote.WithPort(0), since),
        _ => mapping.IsPermitted(remote, since),
    };

    private NatMapping? MappingFor(TransportAddress inside, TransportAddress destination, NatBehavior behavior)
    {
        var remote = behavior.Mapping switch
        {
            NatDependence.EndpointIndependent => default,
            NatDependence.AddressDependent => destination.WithPort(0),
            _ => destination,
        };
        if (_byInside.TryGetValue((inside, remote), out var mapping))
        {
            if (Network.Now - mapping.LastSent <= behavior.MappingTimeout.Ticks * 100)
            {
                return mapping;
            }

            Remove(mapping);
        }

        return Add(inside, remote, behavior);
    }

    private NatMapping? Add(TransportAddress inside, TransportAddress remote, NatBehavior behavior)
    {
        if (_byOutside.Count >= behavior.MaxMappings)
        {
            ClearAway(behavior);
        }

        if (_byOutside.Count >= behavior.MaxMappings || OutsideFor(inside) is not { } outside)
        {
            return null;
        }

        var mapping = new NatMapping(inside, outside, remote);
        _byInside.Add((inside, remote), mapping);
        _byOutside.Add(outside, mapping);
        return mapping;
    }

    /// <summary>A free port at the outside address of the same family.</summary>
    private TransportAddress? OutsideFor(TransportAddress inside)
    {
        var first = FirstOf(inside.Family);
        if (first == default)
        {
            return null;
        }

        var outside = first.WithPort((ushort)(FirstPort + _random.Next(ushort.MaxValue + 1 - FirstPort)));
        for (var tries = FirstPort; tries <= ushort.MaxValue; tries++)
        {
            if (!_byOutside.ContainsKey(outside))
            {
                return outside;
            }

            outside = outside.WithPort(outside.Port == ushort.MaxValue ? (ushort)FirstPort : (ushort)(outside.Port + 1));
        }

        return null;
    }

    private void ClearAway(NatBehavior behavior)
    {
        var since = Network.Now - behavior.MappingTimeout.Ticks * 100;
        foreach (var mapping in _byOutside.Values.Where(mapping => mapping.LastSent < since).ToList())
        {
            Remove(mapping);
        }
    }

    private void Remove(NatMapping mapping)
    {
        _byInside.Remove((mapping.Inside, mapping.Remote));
        _byOutside.Remove(mapping.Outside);
    }
}
