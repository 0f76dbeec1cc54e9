using System.Threading.Channels;
using Parley.Simulation;

namespace Parley.Tests.Glare;

/// <summary>
/// One direction of a signaling channel: what is sent arrives later, after a time drawn for each message, in order. Now and then one takes
/// so long that it holds up those behind it.
/// </summary>
internal sealed class DelayedSignaling(Simulator simulator, TimeSpan maximum)
{
    private const int OneIsSlowIn = 60;
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(2);
    private readonly Channel<GlareMessage> _arrived = Channel.CreateUnbounded<GlareMessage>();
    private Task _last = Task.CompletedTask;

    /// <summary>What has arrived.</summary>
    public ChannelReader<GlareMessage> Arrived => _arrived.Reader;

    /// <summary>Messages under way.</summary>
    public int UnderWay { get; private set; }

    public void Send(GlareMessage message)
    {
        var longest = simulator.Random.Next(OneIsSlowIn) == 0 ? s_slow : maximum;
        UnderWay++;
        _last = DeliverAsync(_last, simulator.Delay(longest * simulator.Random.NextDouble()), message);
    }

    /// <summary>Nothing arrives any more.</summary>
    public void End() => _arrived.Writer.TryComplete();

    private async Task DeliverAsync(Task previous, Task due, GlareMessage message)
    {
        await previous;
        await due;
        UnderWay--;
        _arrived.Writer.TryWrite(message);
    }
}
