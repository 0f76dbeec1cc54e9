using System.Threading.Channels;
using Parley.Signaling;
using Parley.Simulation;

namespace Parley.Tests.Glare;

/// <summary>One direction of a signaling channel: what is sent arrives later, after a time drawn for each message, in order.</summary>
internal sealed class DelayedSignaling(Simulator simulator, TimeSpan maximum)
{
    private readonly Channel<SignalingMessage> _arrived = Channel.CreateUnbounded<SignalingMessage>();
    private Task _last = Task.CompletedTask;

    /// <summary>What has arrived.</summary>
    public ChannelReader<SignalingMessage> Arrived => _arrived.Reader;

    /// <summary>Messages under way.</summary>
    public int UnderWay { get; private set; }

    public void Send(SignalingMessage message)
    {
        UnderWay++;
        _last = DeliverAsync(_last, simulator.Delay(maximum * simulator.Random.NextDouble()), message);
    }

    private async Task DeliverAsync(Task previous, Task due, SignalingMessage message)
    {
        await previous;
        await due;
        UnderWay--;
        _arrived.Writer.TryWrite(message);
    }
}
