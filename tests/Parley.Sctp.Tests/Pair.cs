using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Sctp.Tests;

/// <summary>Two associations on virtual time, and a wire between them that a seed makes lose, double, delay and reorder.</summary>
internal sealed class Pair
{
    /// <summary>What a side is made with when the test does not say: messages are not interleaved, so that packets hold DATA.</summary>
    public static readonly SctpOptions Plain = new() { Interleaving = false };

    private readonly PriorityQueue<(Side To, byte[] Packet), (long At, long Order)> _wire = new();
    private readonly RandomSource _weather;
    private readonly byte[] _buffer = new byte[65_536];
    private long _order;

    public Pair(ulong seed = 1, SctpOptions? a = null, SctpOptions? b = null)
    {
        _weather = RandomSource.Seeded(seed ^ 0x5EED);
        A = new Side("A", a ?? Plain, RandomSource.Seeded(seed * 2 + 1));
        B = new Side("B", b ?? Plain, RandomSource.Seeded(seed * 2 + 2));
    }

    public Side A { get; }

    public Side B { get; }

    public Instant Now { get; private set; } = Instant.FromNanoseconds(1_000_000_000);

    public double Loss { get; set; }

    public double Duplication { get; set; }

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(10);

    public TimeSpan Jitter { get; set; }

    /// <summary>Sees each packet that leaves; false drops it.</summary>
    public Func<Side, byte[], bool>? Filter { get; set; }

    /// <summary>Whether events are read as they come.</summary>
    public bool Reads { get; set; } = true;

    public int PacketsCarried { get; private set; }

    public Side PeerOf(Side side) => side == A ? B : A;

    public static Pair Connected(ulong seed = 1, SctpOptions? a = null, SctpOptions? b = null)
    {
        var pair = new Pair(seed, a, b);
        pair.A.Association.Connect(pair.Now);
        pair.B.Association.Connect(pair.Now);
        pair.RunUntil(() => pair.A.Association.State == SctpState.Established && pair.B.Association.State == SctpState.Established);
        Assert.Equal(SctpState.Established, pair.A.Association.State);
        Assert.Equal(SctpState.Established, pair.B.Association.State);
        pair.RunFor(TimeSpan.FromSeconds(1));
        pair.A.Events.Clear();
        pair.B.Events.Clear();
        return pair;
    }

    /// <summary>Everything that can leave now leaves; nothing arrives.</summary>
    public void Flush()
    {
        Flush(A);
        Flush(B);
    }

    public void RunFor(TimeSpan duration)
    {
        var end = Now + duration;
        Run(() => false, end);
        Now = end;
    }

    public bool RunUntil(Func<bool> condition, TimeSpan? limit = null) => Run(condition, Now + (limit ?? TimeSpan.FromMinutes(30)));

    /// <summary>Puts a packet on the wire as if the side had sent it.</summary>
    public void Inject(Side to, byte[] packet)
    {
        to.Association.Receive(packet, Now);
        Read(to);
    }

    private bool Run(Func<bool> condition, Instant end)
    {
        for (var turn = 0; turn < 5_000_000; turn++)
        {
            Flush();
            Read(A);
            Read(B);
            Flush();
            if (condition())
            {
                return true;
            }

            var next = Instant.Earliest(A.Association.Deadline, B.Association.Deadline);
            if (_wire.TryPeek(out _, out var head))
            {
                next = Instant.Earliest(next, Instant.FromNanoseconds(head.At));
            }

            if (next is not { } at || at > end)
            {
                return condition();
            }

            Now = at > Now ? at : Now;
            while (_wire.TryPeek(out _, out head) && head.At <= Now.Nanoseconds)
            {
                var (to, packet) = _wire.Dequeue();
                to.Association.Receive(packet, Now);
            }

            A.Association.Advance(Now);
            B.Association.Advance(Now);
        }

        throw new InvalidOperationException("The conversation does not end.");
    }

    private void Read(Side side)
    {
        if (Reads)
        {
            side.Read();
        }
    }

    private void Flush(Side side)
    {
        for (var count = 0; side.Association.Transmit(_buffer, Now) is var length && length > 0; count++)
        {
            Assert.True(count < 100_000, "transmits without end");
            var packet = _buffer.AsSpan(0, length).ToArray();
            side.Sent.Add(packet);
            if (Filter?.Invoke(side, packet) == false || _weather.NextDouble() < Loss)
            {
                continue;
            }

            Carry(side, packet);
            if (_weather.NextDouble() < Duplication)
            {
                Carry(side, packet);
            }
        }
    }

    private void Carry(Side from, byte[] packet)
    {
        PacketsCarried++;
        var at = Now + Delay + Jitter * _weather.NextDouble();
        _wire.Enqueue((PeerOf(from), packet), (at.Nanoseconds, _order++));
    }

    /// <summary>One end, and all that it has told.</summary>
    internal sealed class Side
    {
        public Side(string name, SctpOptions options, RandomSource random)
        {
            Name = name;
            Association = new SctpAssociation(options, random, NullLogger.Instance);
        }

        public string Name { get; }

        public SctpAssociation Association { get; }

        public DataChannelSession? Channels { get; set; }

        public List<Told> Events { get; } = [];

        public List<DataChannelTold> ChannelEvents { get; } = [];

        public List<byte[]> Sent { get; } = [];

        public IEnumerable<Told> Messages => Events.Where(told => told.Kind == SctpEventKind.MessageReceived);

        public void Read()
        {
            if (Channels is { } channels)
            {
                while (channels.TryRead(out var happened))
                {
                    ChannelEvents.Add(
                        new DataChannelTold(
                            happened.Kind, happened.Channel, happened.Id, happened.Parameters, happened.IsBinary,
                            happened.Payload.ToArray(), happened.Bytes));
                }

                return;
            }

            while (Association.TryRead(out var happened))
            {
                if (happened.Kind != SctpEventKind.BufferedAmountDecreased)
                {
                    Events.Add(
                        new Told(
                            happened.Kind, happened.Stream, happened.PayloadProtocolId, happened.Payload.ToArray(), happened.Failure,
                            happened.Reason));
                }
            }
        }
    }

    internal sealed record Told(
        SctpEventKind Kind, StreamId Stream, PayloadProtocolId PayloadProtocolId, byte[] Payload, SctpFailure Failure, string? Reason);

    internal sealed record DataChannelTold(
        DataChannelEventKind Kind, DataChannelHandle Channel, StreamId? Id, DataChannelParameters? Parameters, bool IsBinary,
        byte[] Payload, long Bytes);
}
