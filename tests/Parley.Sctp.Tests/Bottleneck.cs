using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Sctp.Tests;

/// <summary>
/// Flows that share one link with a rate, a queue and random loss: each an association that always has something to send. What comes back is only delayed.
/// On virtual time; packets are pooled, so that a gigabit is simulated faster than it would take.
/// </summary>
internal sealed class Bottleneck
{
    // IPv4, UDP and the DTLS record around a packet.
    private const int Around = 20 + 8 + 37;
    private const int MessageSize = 64 * 1024;
    private readonly PriorityQueue<(Flow Flow, bool IsData, byte[] Bytes, int Length), (long At, long Order)> _events = new();
    private readonly Stack<byte[]> _free = new();
    private readonly RandomSource _weather;
    private readonly byte[] _message = new byte[MessageSize];
    private readonly List<Flow> _flows = [];
    private long _order;
    private long _busyUntil;

    public Bottleneck(ulong seed) => _weather = RandomSource.Seeded(seed);

    /// <summary>Bits per second.</summary>
    public required long Rate { get; init; }

    public required TimeSpan RoundTrip { get; init; }

    public double Loss { get; init; }

    /// <summary>What may wait before the link, in bytes; a round trip's worth when not given.</summary>
    public long? Queue { get; init; }

    public Instant Now { get; private set; } = Instant.FromNanoseconds(1_000_000_000);

    public long Dropped { get; private set; }

    public Flow Add(ulong seed, SctpOptions options)
    {
        var flow = new Flow(seed, options);
        flow.Sender.Connect(Now);
        flow.Receiver.Connect(Now);
        _flows.Add(flow);
        Pump(flow);
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
                due = Instant.Earliest(due, Instant.Earliest(flow.Sender.Deadline, flow.Receiver.Deadline));
            }

            if (_events.TryPeek(out _, out var head))
            {
                due = Instant.Earliest(due, Instant.FromNanoseconds(head.At));
            }

            if (due is not { } at || at > end)
            {
                Now = end;
                return;
            }

            Now = at > Now ? at : Now;
            while (_events.TryPeek(out _, out head) && head.At <= Now.Nanoseconds)
            {
                var (flow, isData, bytes, length) = _events.Dequeue();
                (isData ? flow.Receiver : flow.Sender).Receive(bytes.AsSpan(0, length), Now);
                _free.Push(bytes);
                Pump(flow);
            }

            foreach (var flow in _flows)
            {
                if (flow.Sender.Deadline <= Now || flow.Receiver.Deadline <= Now)
                {
                    flow.Sender.Advance(Now);
                    flow.Receiver.Advance(Now);
                    Pump(flow);
                }
            }
        }
    }

    private void Pump(Flow flow)
    {
        while (flow.Receiver.TryRead(out var happened))
        {
            flow.Received += happened.Payload.Length;
        }

        while (flow.Sender.TryRead(out _))
        {
        }

        while (flow.Sender.State == SctpState.Established && flow.Sender.TotalBufferedAmount < 8 * MessageSize)
        {
            flow.Sender.Send(new StreamId(1), PayloadProtocolId.Binary, _message, default, Now);
        }

        Transmit(flow, flow.Sender, isData: true);
        Transmit(flow, flow.Receiver, isData: false);
    }

    private void Transmit(Flow flow, SctpAssociation from, bool isData)
    {
        while (true)
        {
            var bytes = _free.TryPop(out var kept) ? kept : new byte[SctpAssociation.LargestPacket];
            var length = from.Transmit(bytes, Now);
            if (length == 0)
            {
                _free.Push(bytes);
                return;
            }

            if (isData && !TryPass(length, out _))
            {
                Dropped++;
                _free.Push(bytes);
                continue;
            }

            var at = (isData ? _busyUntil : Now.Nanoseconds) + RoundTrip.Ticks * 50;
            _events.Enqueue((flow, isData, bytes, length), (at, _order++));
        }
    }

    // The queue before the link, and the loss behind it.
    private bool TryPass(int length, out long waits)
    {
        waits = Math.Max(0, _busyUntil - Now.Nanoseconds);
        var queue = Queue ?? (long)(Rate / 8.0 * RoundTrip.TotalSeconds);
        if (length + Around > 1500 || waits * (Rate / 8e9) > queue)
        {
            return false;
        }

        _busyUntil = Math.Max(_busyUntil, Now.Nanoseconds) + (long)((length + Around) * 8e9 / Rate);
        return _weather.NextDouble() >= Loss;
    }

    internal sealed class Flow
    {
        public Flow(ulong seed, SctpOptions options)
        {
            Sender = new SctpAssociation(options, RandomSource.Seeded(seed * 2 + 1), NullLogger.Instance);
            Receiver = new SctpAssociation(options, RandomSource.Seeded(seed * 2 + 2), NullLogger.Instance);
        }

        public SctpAssociation Sender { get; }

        public SctpAssociation Receiver { get; }

        /// <summary>Bytes of whole messages that have come.</summary>
        public long Received { get; set; }
    }
}
