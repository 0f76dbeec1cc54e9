using Parley.Net;

namespace Parley.Ice.Tests;

/// <summary>
/// Agents, NATs and STUN servers on virtual time: datagrams take <see cref="Delay"/>, are lost at <see cref="Loss"/> or when
/// <see cref="Drop"/> says so, and time jumps from one deadline to the next.
/// </summary>
internal sealed class World(ulong seed = 1)
{
    private readonly RandomSource _random = RandomSource.Seeded(seed ^ 0x5EED);
    private readonly PriorityQueue<Flight, (long At, long Order)> _inAir = new();
    private readonly List<Node> _nodes = [];
    private ulong _seed = seed;
    private long _order;

    public Instant Now { get; private set; } = Instant.FromNanoseconds(1_000_000_000);

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(10);

    public double Loss { get; set; }

    /// <summary>Datagrams for which this is true vanish: sender's name, source and destination as sent.</summary>
    public Func<Flight, bool>? Drop { get; set; }

    public List<Nat> Nats { get; } = [];

    public List<StunServerCore> Servers { get; } = [];

    /// <summary>Each datagram that was sent, by the node that sent it.</summary>
    public List<Flight> Sent { get; } = [];

    public Node AddNode(string name, IceAgentOptions options)
    {
        var node = new Node(this, name, options, _seed++);
        _nodes.Add(node);
        return node;
    }

    public void Send(Node? sender, byte[] datagram, TransportAddress from, TransportAddress to)
    {
        var nat = sender is null ? null : Nats.Find(n => n.IsInside(from));
        var isLocal = nat is not null && nat.IsInside(to);
        var source = nat is null || isLocal ? from : nat.Outbound(from, to, Now);
        var flight = new Flight(sender?.Name ?? "", datagram, source, to, Now);
        Sent.Add(flight);
        if ((Loss > 0 && _random.NextDouble() < Loss) || Drop?.Invoke(flight) == true)
        {
            return;
        }

        _inAir.Enqueue(flight, ((Now + Delay).Nanoseconds, _order++));
    }

    public void RunFor(TimeSpan duration) => RunUntil(Now + duration, static () => false);

    /// <summary>Runs until it is so; false: the time is up.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan patience) => RunUntil(Now + patience, condition);

    private bool RunUntil(Instant end, Func<bool> condition)
    {
        while (true)
        {
            foreach (var node in _nodes.ToArray())
            {
                node.Drain();
            }

            if (condition())
            {
                return true;
            }

            Instant? next = _inAir.TryPeek(out _, out var due) ? Instant.FromNanoseconds(due.At) : null;
            foreach (var node in _nodes)
            {
                next = Instant.Earliest(next, node.Agent.Deadline);
            }

            if (next is not { } at || at > end)
            {
                Now = end;
                return false;
            }

            Now = at > Now ? at : Now;
            while (_inAir.TryPeek(out var flight, out var arrives) && arrives.At <= Now.Nanoseconds)
            {
                _inAir.Dequeue();
                Deliver(flight);
            }

            foreach (var node in _nodes)
            {
                node.Agent.Advance(Now);
            }
        }
    }

    private void Deliver(Flight flight)
    {
        var to = flight.To;
        if (Nats.Find(n => n.IsOutside(to)) is { } nat)
        {
            if (!nat.TryInbound(to, flight.From, Now, out to))
            {
                return;
            }
        }

        if (Servers.Find(s => s.Address == to) is { } server)
        {
            if (server.Answer(flight.Datagram, flight.From) is { } answer)
            {
                Send(null, answer, server.Address, flight.From);
            }

            return;
        }

        // An address behind a NAT is reached from behind that NAT alone.
        var isHidden = to == flight.To && Nats.Exists(n => n.IsInside(to) && !n.IsInside(flight.From));
        if (!isHidden)
        {
            _nodes.Find(n => n.Sockets.Exists(s => s.Address == to))?.Deliver(flight.Datagram, to, flight.From);
        }
    }
}

/// <summary>A datagram under way.</summary>
internal sealed record Flight(string Sender, byte[] Datagram, TransportAddress From, TransportAddress To, Instant SentAt);
