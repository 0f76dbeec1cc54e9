using Parley.Net;

namespace Parley.Rtp.Tests;

/// <summary>A small one-way link on virtual time that may delay, lose, double and reorder.</summary>
internal sealed class Link(ulong seed)
{
    private readonly RandomSource _random = RandomSource.Seeded(seed);
    private readonly PriorityQueue<byte[], (Instant, long)> _inFlight = new();
    private long _sent;

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan Jitter { get; set; }

    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>Decides the fate of a packet by its bytes: true loses it.</summary>
    public Func<byte[], bool>? Drop { get; set; }

    public List<byte[]> Log { get; } = [];

    public Instant? Next => _inFlight.TryPeek(out _, out var key) ? key.Item1 : null;

    public void Send(ReadOnlySpan<byte> packet, Instant now)
    {
        var copy = packet.ToArray();
        Log.Add(copy);
        if (_random.NextDouble() < Loss || Drop?.Invoke(copy) == true)
        {
            return;
        }

        Put(copy, now);
        if (_random.NextDouble() < Duplication)
        {
            Put(copy, now);
        }
    }

    public bool TryReceive(Instant now, out byte[] packet)
    {
        packet = [];
        return Next <= now && _inFlight.TryDequeue(out packet!, out _);
    }

    private void Put(byte[] packet, Instant now) =>
        _inFlight.Enqueue(packet.ToArray(), (now + Delay + Jitter * _random.NextDouble(), _sent++));
}
