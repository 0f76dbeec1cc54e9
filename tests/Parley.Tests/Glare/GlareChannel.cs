using System.Threading.Channels;
using Parley.Signaling;

namespace Parley.Tests.Glare;

/// <summary>Both directions as one side sees them.</summary>
internal sealed class GlareChannel(DelayedSignaling outgoing, DelayedSignaling incoming) : ISignalingChannel
{
    /// <summary>The other side holds a section, or no longer does.</summary>
    public event Action<string, bool>? HoldNoted;

    public ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default)
    {
        outgoing.Send(new GlareMessage(SignalingMessage.Of(description)));
        return ValueTask.CompletedTask;
    }

    public ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default)
    {
        outgoing.Send(new GlareMessage(SignalingMessage.Of(candidate)));
        return ValueTask.CompletedTask;
    }

    public void SendHold(string mid, bool holds) => outgoing.Send(new GlareMessage(null, mid, holds));

    public async ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            GlareMessage message;
            try
            {
                message = await incoming.Arrived.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException)
            {
                return null;
            }

            if (message.Step is { } step)
            {
                return step;
            }

            HoldNoted?.Invoke(message.HoldMid!, message.Holds);
        }
    }
}
