namespace Parley.Signaling;

/// <summary>A signaling channel between two peers of one process: for samples, tests and simulations.</summary>
public sealed class MemorySignalingChannel : ISignalingChannel
{
    private readonly MemoryQueue _toPeer;
    private readonly MemoryQueue _fromPeer;

    private MemorySignalingChannel(MemoryQueue toPeer, MemoryQueue fromPeer)
    {
        _toPeer = toPeer;
        _fromPeer = fromPeer;
    }

    /// <summary>How long the next message received takes on its way; null for no time at all. Order is kept.</summary>
    public Func<Task>? Delay { get; set; }

    /// <summary>Makes both ends.</summary>
    public static (MemorySignalingChannel First, MemorySignalingChannel Second) CreatePair()
    {
        var there = new MemoryQueue();
        var back = new MemoryQueue();
        return (new MemorySignalingChannel(there, back), new MemorySignalingChannel(back, there));
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default) =>
        Send(SignalingMessage.Of(description));

    /// <inheritdoc/>
    public ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default) =>
        Send(SignalingMessage.Of(candidate));

    /// <inheritdoc/>
    /// <remarks>Comes back to the context it was called on, as a simulation needs it. One call at a time.</remarks>
    /// <exception cref="InvalidOperationException">Another call still waits.</exception>
    public ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default) => Delay is null
        ? _fromPeer.TakeAsync(cancellationToken)
        : ReceiveLateAsync(cancellationToken);

    /// <summary>Ends the channel in both directions; what is under way still arrives.</summary>
    public void Close()
    {
        _toPeer.Close();
        _fromPeer.Close();
    }

    private async ValueTask<SignalingMessage?> ReceiveLateAsync(CancellationToken cancellationToken)
    {
        SignalingMessage? message = await _fromPeer.TakeAsync(cancellationToken);
        if (message is not null && Delay is { } delay)
        {
            await delay();
        }

        return message;
    }

    private ValueTask Send(SignalingMessage message) => _toPeer.TryAdd(message)
        ? ValueTask.CompletedTask
        : ValueTask.FromException(new SignalingException("The channel is closed."));
}
