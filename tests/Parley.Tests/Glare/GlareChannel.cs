using Parley.Signaling;

namespace Parley.Tests.Glare;

/// <summary>Both directions as one side sees them.</summary>
internal sealed class GlareChannel(DelayedSignaling outgoing, DelayedSignaling incoming) : ISignalingChannel
{
    public ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default)
    {
        outgoing.Send(SignalingMessage.Of(description));
        return ValueTask.CompletedTask;
    }

    public ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default)
    {
        outgoing.Send(SignalingMessage.Of(candidate));
        return ValueTask.CompletedTask;
    }

    public async ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default) => await incoming.Arrived.ReadAsync(cancellationToken);
}
