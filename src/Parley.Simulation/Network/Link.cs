using Parley.Net;

namespace Parley.Simulation;

/// <summary>One direction of the way between two nodes, or of a node's own access line. Its conditions may change at any moment.</summary>
public sealed class Link
{
    private readonly VirtualNetwork _network;
    private readonly RandomSource _random;
    private readonly LinkConditions? _fallback;
    private LinkConditions? _conditions;
    private bool _bad;
    private long _busyUntil;
    private long _lastArrival;
    private int _underWay;

    internal Link(VirtualNetwork network, string name, LinkConditions? fallback)
    {
        _network = network;
        _fallback = fallback;
        _random = network.Simulator.RandomFor("link " + name);
        Name = name;
    }

    /// <summary>The two ends, as in <c>alice→bob</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// What the link does to datagrams. Setting it concerns those sent from now on: those under way arrive as was decided when they were
    /// sent, so that a sudden shorter delay lets later ones overtake, as a change of route does.
    /// </summary>
    public LinkConditions Conditions
    {
        get => _conditions ?? _fallback ?? _network.DefaultConditions;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var waiting = WaitingBytes(Conditions);
            _conditions = value;
            _lastArrival = 0;
            _busyUntil = value.Rate > 0 ? _network.Now + TransmissionTime(waiting, value.Rate) : 0;
        }
    }

    /// <summary>Whether nothing passes. What is under way when the link is cut is lost too.</summary>
    public bool IsCut { get; set; }

    /// <summary>Decides on each datagram that enters the link; null to let all pass.</summary>
    public DatagramFilter? Filter { get; set; }

    /// <summary>What the link has carried and lost.</summary>
    public TrafficCounters Counters { get; } = new();

    /// <summary>Datagrams on the link now.</summary>
    public int UnderWay => _underWay;

    /// <summary>Bytes that wait for their turn now; always 0 on a link without a rate.</summary>
    public int QueuedBytes => (int)Math.Min(int.MaxValue, WaitingBytes(Conditions));

    /// <summary>Whether a datagram may be passed on at once, without the agenda.</summary>
    internal bool IsTransparent => !IsCut && Filter is null && ReferenceEquals(Conditions, LinkConditions.Perfect);

    /// <summary>Takes a datagram; it will come out by <see cref="VirtualNetwork.LeaveLink"/>, or be lost.</summary>
    internal void Enter(Packet packet)
    {
        packet.Link = this;
        Counters.Sent++;
        Counters.SentBytes += packet.Length;
        var conditions = Conditions;
        if (Refuses(packet, conditions) is { } cause)
        {
            _network.Lose(packet, cause);
            return;
        }

        var departure = Depart(packet, conditions);
        if (IsLost(conditions) is { } loss)
        {
            _network.Lose(packet, loss);
            return;
        }

        if (Happens(conditions.Corruption) && packet.Length > 0)
        {
            packet.Datagram[_random.Next(packet.Length)] ^= (byte)(1 << _random.Next(8));
            Counters.Corrupted++;
            _network.Counters.Corrupted++;
        }

        if (Happens(conditions.Duplication))
        {
            Counters.Duplicated++;
            _network.Counters.Duplicated++;
            var copy = _network.Rent();
            packet.CopyTo(copy);
            Carry(copy, conditions, departure);
        }

        Carry(packet, conditions, departure);
    }

    internal void Leave(Packet packet)
    {
        _underWay--;
        Counters.Delivered++;
        Counters.DeliveredBytes += packet.Length;
    }

    internal void LoseUnderWay() => _underWay--;

    private LossCause? Refuses(Packet packet, LinkConditions conditions)
    {
        if (IsCut)
        {
            return LossCause.Partition;
        }

        if (Filter is { } filter && !filter(packet.Source, packet.Destination, packet.Datagram))
        {
            return LossCause.Filter;
        }

        if (packet.WireSize > conditions.Mtu)
        {
            return LossCause.TooLarge;
        }

        if (_underWay >= _network.MaxUnderWayPerLink)
        {
            return LossCause.InFlightLimit;
        }

        var wait = _busyUntil - _network.Now;
        return conditions.Rate > 0 && wait > 0
            && (WaitingBytes(conditions) + packet.WireSize > conditions.QueueBytes || wait / 100 > conditions.QueueTime.Ticks)
            ? LossCause.Queue
            : null;
    }

    /// <summary>Waits for its turn on a link with a rate; the instant at which its last bit is on the wire.</summary>
    private long Depart(Packet packet, LinkConditions conditions)
    {
        var now = _network.Now;
        if (conditions.Rate <= 0)
        {
            return now;
        }

        // RFC 3168 §5: 01 and 10 say that the transport understands marks, 11 is the mark.
        if (packet.Ecn is 1 or 2 && conditions.EcnThresholdBytes is { } threshold && WaitingBytes(conditions) > threshold)
        {
            packet.Ecn = 3;
            Counters.Marked++;
            _network.Counters.Marked++;
        }

        _busyUntil = Math.Max(now, _busyUntil) + TransmissionTime(packet.WireSize, conditions.Rate);
        return _busyUntil;
    }

    private LossCause? IsLost(LinkConditions conditions)
    {
        if (Happens(conditions.Loss))
        {
            return LossCause.Random;
        }

        if (conditions.BurstLoss is not { } burst)
        {
            return null;
        }

        if (Happens(_bad ? burst.BadToGood : burst.GoodToBad))
        {
            _bad = !_bad;
        }

        return Happens(_bad ? burst.LossInBad : burst.LossInGood) ? LossCause.Burst : null;
    }

    private void Carry(Packet packet, LinkConditions conditions, long departure)
    {
        var arrival = departure + Nanoseconds(conditions.Delay);
        if (conditions.Jitter > TimeSpan.Zero)
        {
            arrival += (long)(_random.NextDouble() * Nanoseconds(conditions.Jitter));
        }

        if (Happens(conditions.Reordering))
        {
            arrival += Nanoseconds(conditions.ReorderingDelay);
            Counters.Reordered++;
            _network.Counters.Reordered++;
        }
        else
        {
            arrival = _lastArrival = Math.Max(arrival, _lastArrival);
        }

        _underWay++;
        _network.Simulator.Arrange(packet, arrival - _network.Now);
    }

    private long WaitingBytes(LinkConditions conditions) => conditions.Rate <= 0
        ? 0
        : (long)((Int128)Math.Max(0, _busyUntil - _network.Now) * conditions.Rate / 8_000_000_000);

    private bool Happens(double probability) => probability > 0 && _random.NextDouble() < probability;

    private static long TransmissionTime(long bytes, long rate) => (long)((Int128)bytes * 8_000_000_000 / rate);

    private static long Nanoseconds(TimeSpan duration) => duration.Ticks * 100;
}
