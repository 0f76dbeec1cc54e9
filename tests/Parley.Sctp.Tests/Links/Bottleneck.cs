using Parley.Net;

namespace Parley.Sctp.Tests.Links;

/// <summary>
/// Flows that share one link with a rate, a queue and random loss, each of which always has something to send. What comes back is only
/// delayed. On virtual time; packets are pooled, so that a gigabit is simulated faster than it would take.
/// </summary>
internal sealed class Bottleneck
{
    /// <summary>What the link carries at most, in bytes with IP's header.</summary>
    public const int Mtu = 1500;

    private const int EndOfQueue = 8 * Mtu;

    private readonly PriorityQueue<Parcel, (long At, long Order)> _underway = new();
    private readonly Stack<byte[]> _free = new();
    private readonly RandomSource _weather;
    private readonly List<BottleneckFlow> _flows = [];
    private long _order;
    private long _busyUntil;
    private int _burstLeft;

    public Bottleneck(ulong seed) => _weather = RandomSource.Seeded(seed);

    /// <summary>Bits per second.</summary>
    public required long Rate { get; init; }

    public required TimeSpan RoundTrip { get; init; }

    public double Loss { get; init; }

    /// <summary>How many packets in a row are lost when one is.</summary>
    public int Burst { get; init; } = 1;

    public double Duplication { get; init; }

    /// <summary>How much later than others a packet may come; 0: none overtakes another.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>What may wait before the link, in bytes; a round trip's worth when not given.</summary>
    public long? Queue { get; init; }

    public Instant Now { get; private set; } = Instant.FromNanoseconds(1_000_000_000);

    public long Dropped { get; private set; }

    public SctpFlow Add(ulong seed, SctpOptions options) => Add(new SctpFlow(seed, options));

    public T Add<T>(T flow)
        where T : BottleneckFlow
    {
        _flows.Add(flow);
        flow.Begin(this);
        return flow;
    }

    public void RunFor(TimeSpan duration)
    {
        var end = Now + duration;
        while (true)
        {
            Instant? due = null;
            foreach (var flow in _flows)
            {
                due = Instant.Earliest(due, flow.Deadline);
            }

            if (_underway.TryPeek(out _, out var head))
            {
                due = Instant.Earliest(due, Instant.FromNanoseconds(head.At));
            }

            if (due is not { } at || at > end)
            {
                Now = end;
                return;
            }

            Now = at > Now ? at : Now;
            while (_underway.TryPeek(out _, out head) && head.At <= Now.Nanoseconds)
            {
                var parcel = _underway.Dequeue();
                parcel.Flow.Arrive(parcel, this);
                if (parcel.Bytes is not null)
                {
                    _free.Push(parcel.Bytes);
                }
            }

            foreach (var flow in _flows)
            {
                if (flow.Deadline <= Now)
                {
                    flow.Advance(this);
                }
            }
        }
    }

    /// <summary>Room for a packet, to be given to <see cref="Send"/> or <see cref="Return"/>.</summary>
    public byte[] Rent() => _free.TryPop(out var kept) ? kept : new byte[SctpAssociation.LargestPacket];

    public void Return(byte[] room) => _free.Push(room);

    /// <summary>Sends a packet of so many bytes, IP's header included.</summary>
    public void Send(in Parcel parcel, int size)
    {
        if (parcel.IsData && !TryPass(size))
        {
            Dropped++;
            if (parcel.Bytes is not null)
            {
                _free.Push(parcel.Bytes);
            }

            return;
        }

        if (Duplication > 0 && parcel.Bytes is { } bytes && _weather.NextDouble() < Duplication)
        {
            var copy = Rent();
            bytes.CopyTo(copy, 0);
            Enqueue(parcel with { Bytes = copy });
        }

        Enqueue(parcel);
    }

    private void Enqueue(in Parcel parcel)
    {
        var at = (parcel.IsData ? _busyUntil : Now.Nanoseconds) + RoundTrip.Ticks * 50;
        if (Jitter > TimeSpan.Zero)
        {
            at += (long)(_weather.NextDouble() * Jitter.Ticks * 100);
        }

        _underway.Enqueue(parcel, (at, _order++));
    }

    // The queue before the link, and the loss behind it.
    private bool TryPass(int size)
    {
        var waits = Math.Max(0, _busyUntil - Now.Nanoseconds);
        var queue = Queue ?? (long)(Rate / 8.0 * RoundTrip.TotalSeconds);

        // Where two flows' packets come in step, one of them would meet the last free place again and again (phase effects): the queue's
        // end is not sharp.
        var room = queue - waits * (Rate / 8e9);
        if (size > Mtu || room < 0 || (room < EndOfQueue && _flows.Count > 1 && room < _weather.NextDouble() * EndOfQueue))
        {
            return false;
        }

        _busyUntil = Math.Max(_busyUntil, Now.Nanoseconds) + (long)(size * 8e9 / Rate);
        if (_burstLeft > 0)
        {
            _burstLeft--;
            return false;
        }

        if (Loss == 0 || _weather.NextDouble() >= Loss / Burst)
        {
            return true;
        }

        _burstLeft = Burst - 1;
        return false;
    }
}
