namespace Parley.Signaling;

/// <summary>
/// The way to one remote peer, over whatever carries it: <see cref="SignalingClient"/> has one per peer of its room, and any
/// transport that keeps the order of messages can be another.
/// </summary>
/// <remarks>
/// <see cref="PerfectNegotiation"/> sends from any thread, one message after the other, and has at most one
/// <see cref="ReceiveAsync"/> under way.
/// </remarks>
public interface ISignalingChannel
{
    /// <summary>Sends a description to the peer.</summary>
    /// <exception cref="SignalingException">The way to the peer is broken.</exception>
    ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default);

    /// <summary>Sends a candidate to the peer; null at the end of gathering.</summary>
    /// <exception cref="SignalingException">The way to the peer is broken.</exception>
    ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default);

    /// <summary>Waits for the peer's next message, in the order the peer sent them.</summary>
    /// <returns>The message, or null when the peer is gone for good.</returns>
    /// <exception cref="SignalingException">The way to the peer is broken.</exception>
    ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default);
}
