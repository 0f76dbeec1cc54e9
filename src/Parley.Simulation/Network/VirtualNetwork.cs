using System.Net;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>
/// The network of a <see cref="Simulator"/>: hosts, each linked with each, and what happens to datagrams between them.
/// A datagram passes its sender's <see cref="VirtualNode.Uplink"/>, the <see cref="Link"/> from the one node to the other,
/// and the receiver's <see cref="VirtualNode.Downlink"/>.
/// </summary>
public sealed class VirtualNetwork
{
    private const int PooledPackets = 16_384;
    private static readonly LinkConditions s_loopback = new() { Delay = TimeSpan.FromMicroseconds(10), Mtu = 65_575 };
    private readonly Dictionary<(VirtualNode From, VirtualNode To), Link> _links = [];
    private readonly HashSet<(VirtualNode From, VirtualNode To)> _partitions = [];
    private readonly Stack<Packet> _pool = new();
    private readonly Realm _internet;
    private PacketTrace? _trace;
    private int _given;
    private readonly List<VirtualHost> _hosts = [];

    internal VirtualNetwork(Simulator simulator)
    {
        Simulator = simulator;
        Names = new NameTable(simulator);
        _internet = new Realm(this);
    }

    /// <summary>The conditions of links that were not given their own. At first: 1 ms of delay and an MTU of 1,500.</summary>
    public LinkConditions DefaultConditions { get; set; } = new() { Delay = TimeSpan.FromMilliseconds(1) };

    /// <summary>How many datagrams one link holds at the most; those beyond are lost. By default 65,536.</summary>
    public int MaxUnderWayPerLink { get; set; } = 65_536;

    /// <summary>The hosts, in the order they were added.</summary>
    public IReadOnlyList<VirtualHost> Hosts => _hosts;

    /// <summary>What host names stand for.</summary>
    public NameTable Names { get; }

    /// <summary>From sockets to sockets: what was sent, what arrived, and why the rest did not.</summary>
    public TrafficCounters Counters { get; } = new();

    internal Simulator Simulator { get; }

    internal long Now => Simulator.Now.Nanoseconds;

    /// <summary>Adds a host to the internet.</summary>
    /// <param name="name">A name for messages; its randomness follows from it and the seed, so that hosts should not share one.</param>
    /// <param name="addresses">IPv4 and IPv6 addresses; without any it is given one from 198.18.0.0/15.</param>
    public VirtualHost AddHost(string name, params string[] addresses)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(addresses);
        return AddHostTo(_internet, name, addresses);
    }

    /// <summary>Adds a NAT to the internet; <see cref="VirtualNat.AddHost"/> puts hosts behind it.</summary>
    public VirtualNat AddNat(string name, NatBehavior behavior, params string[] addresses)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(behavior);
        ArgumentNullException.ThrowIfNull(addresses);
        return AddNatTo(_internet, name, behavior, addresses);
    }

    /// <summary>
    /// Writes each datagram that reaches a socket in the form text2pcap reads (with <c>-l 101 -t "%Y-%m-%d %H:%M:%S."</c>), and each lost
    /// one as a comment; null writes no more.
    /// </summary>
    public void TraceTo(TextWriter? output) => _trace = output is null ? null : new PacketTrace(output, Simulator.TimeProvider);

    /// <summary>The link from one node to another, in that direction.</summary>
    public Link Link(VirtualNode from, VirtualNode to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (!_links.TryGetValue((from, to), out var link))
        {
            link = new Link(this, $"{from.Name}→{to.Name}", from == to ? s_loopback : null);
            _links.Add((from, to), link);
        }

        return link;
    }

    /// <summary>Sets the conditions between two nodes in both directions.</summary>
    public void SetConditions(VirtualNode left, VirtualNode right, LinkConditions conditions)
    {
        Link(left, right).Conditions = conditions;
        Link(right, left).Conditions = conditions;
    }

    /// <summary>Lets nothing pass between two hosts, in either direction and by whatever way; what is under way is lost too.</summary>
    public void Partition(VirtualNode left, VirtualNode right)
    {
        _partitions.Add((left, right));
        _partitions.Add((right, left));
    }

    /// <summary>Ends a partition.</summary>
    public void Heal(VirtualNode left, VirtualNode right)
    {
        _partitions.Remove((left, right));
        _partitions.Remove((right, left));
    }

    internal VirtualHost AddHostTo(Realm realm, string name, string[] addresses)
    {
        var host = new VirtualHost(this, realm, name, Parse(addresses));
        realm.Add(host);
        _hosts.Add(host);
        return host;
    }

    internal VirtualNat AddNatTo(Realm realm, string name, NatBehavior behavior, string[] addresses)
    {
        var nat = new VirtualNat(this, realm, name, behavior, Parse(addresses));
        realm.Add(nat);
        return nat;
    }

    internal Packet Rent() => _pool.TryPop(out var packet) ? packet : new Packet(this);

    internal void Return(Packet packet)
    {
        packet.Link = null;
        if (_pool.Count < PooledPackets)
        {
            _pool.Push(packet);
        }
    }

    internal void CountSent(Packet packet)
    {
        Counters.Sent++;
        Counters.SentBytes += packet.Length;
    }

    internal void CountDelivered(Packet packet)
    {
        Counters.Delivered++;
        Counters.DeliveredBytes += packet.Length;
        _trace?.Delivered(packet);
    }

    internal void EnterLoopback(Packet packet) => Link(packet.From, packet.To).Enter(packet);

    /// <summary>Begins a hop: the sender's access line, unless it is perfect, then the link.</summary>
    internal void EnterHop(Packet packet)
    {
        // The access lines of a NAT lead outward: nothing that stays inside passes them.
        if (packet.From.Realm != packet.Realm || packet.From.Uplink.IsTransparent)
        {
            Link(packet.From, packet.To).Enter(packet);
        }
        else
        {
            packet.From.Uplink.Enter(packet);
        }
    }

    /// <summary>A datagram has come out of a link: on to the next one of the hop, or to the node at its end.</summary>
    internal void LeaveLink(Packet packet)
    {
        var link = packet.Link!;
        if (link.IsCut || _partitions.Contains((packet.From, packet.To)) || _partitions.Contains((packet.Origin, packet.To)))
        {
            link.LoseUnderWay();
            Lose(packet, LossCause.Partition);
            return;
        }

        link.Leave(packet);
        packet.Link = null;
        if (link == packet.From.Uplink)
        {
            Link(packet.From, packet.To).Enter(packet);
        }
        else if (link != packet.To.Downlink
            && packet.From != packet.To
            && packet.To.Realm == packet.Realm
            && !packet.To.Downlink.IsTransparent)
        {
            packet.To.Downlink.Enter(packet);
        }
        else
        {
            packet.To.Arrive(packet);
        }
    }

    internal void Lose(Packet packet, LossCause cause)
    {
        Counters.AddLost(cause);
        _trace?.Lost(packet, cause);
        packet.Link?.Counters.AddLost(cause);
        Return(packet);
    }

    private IReadOnlyList<IPAddress> Parse(string[] addresses)
    {
        if (addresses.Length > 0)
        {
            return [.. addresses.Select(IPAddress.Parse)];
        }

        var number = ++_given;
        return [new IPAddress([198, (byte)(18 + (number >> 16)), (byte)(number >> 8), (byte)number])];
    }
}
