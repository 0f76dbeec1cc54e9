using Parley.Signaling;

namespace Parley.Interop.Peers;

/// <summary>A way to a peer that can be stopped both ways for a while, so that offers cross because the test wants it.</summary>
public sealed class GatedChannel(ISignalingChannel inner) : ISignalingChannel
{
    private TaskCompletionSource _open = Opened();

    /// <summary>Messages of both directions wait from now on.</summary>
    public void Shut() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waited goes on, in order.</summary>
    public void Open() => _open.TrySetResult();

    public async ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default)
    {
        await _open.Task.WaitAsync(cancellationToken);
        await inner.SendAsync(description, cancellationToken);
    }

    public async ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default)
    {
        await _open.Task.WaitAsync(cancellationToken);
        await inner.SendAsync(candidate, cancellationToken);
    }

    public async ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        SignalingMessage? message = await inner.ReceiveAsync(cancellationToken);
        await _open.Task.WaitAsync(cancellationToken);
        return message;
    }

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
