using System.Threading.Channels;

namespace Parley.Signaling;

/// <summary>A signaling channel between two peers of one process: for samples, tests and simulations.</summary>
public sealed class MemorySignalingChannel : ISignalingChannel
{
    private readonly Channel<SignalingMessage> _toPeer;
    private readonly Channel<SignalingMessage> _fromPeer;

    private MemorySignalingChannel(Channel<SignalingMessage> toPeer, Channel<SignalingMessage> fromPeer)
    {
        _toPeer = toPeer;
        _fromPeer = fromPeer;
    }

    /// <summary>How long the next message received takes on its way; null for no time at all. Order is kept.</summary>
    public Func<Task>? Delay { get; set; }

    /// <summary>Makes both ends.</summary>
    public static (MemorySignalingChannel First, MemorySignalingChannel Second) CreatePair()
    {
        Channel<SignalingMessage> there = Channel.CreateUnbounded<SignalingMessage>();
        Channel<SignalingMessage> back = Channel.CreateUnbounded<SignalingMessage>();
        return (new MemorySignalingChannel(there, back), new MemorySignalingChannel(back, there));
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default) =>
        Send(SignalingMessage.Of(description));

    /// <inheritdoc/>
    public ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default) =>
        Send(SignalingMessage.Of(candidate));

    /// <inheritdoc/>
    /// <remarks>Comes back to the context it was called on, as a simulation needs it.</remarks>
    public async ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        if (!await _fromPeer.Reader.WaitToReadAsync(cancellationToken))
        {
            return null;
        }

        if (Delay is { } delay)
        {
            await delay();
        }

        return _fromPeer.Reader.TryRead(out SignalingMessage? message) ? message : null;
    }

    /// <summary>Ends the channel in both directions; what is under way still arrives.</summary>
    public void Close()
    {
        _toPeer.Writer.TryComplete();
        _fromPeer.Writer.TryComplete();
    }

    private ValueTask Send(SignalingMessage message) => _toPeer.Writer.TryWrite(message)
        ? ValueTask.CompletedTask
        : ValueTask.FromException(new SignalingException("The channel is closed."));
}
