namespace Parley;

// One description with all its candidates, for signaling that does not trickle.
public sealed partial class PeerConnection
{
    private readonly List<GatheringWait> _gatheringWaits = [];

    /// <summary>
    /// Makes and sets the offer or answer that the signaling state calls for, waits until all candidates are gathered, and returns the
    /// description with them: one message each way, for signaling that does not trickle. A STUN server that does not answer delays it by
    /// some seconds.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends the waiting. A description that is set by then stays so, and <see cref="LocalDescription"/> has the candidates gathered until
    /// then.
    /// </param>
    /// <exception cref="RtcException">
    /// InvalidStateError: closed, also while waiting, or the description was rolled back meanwhile; or as
    /// <see cref="SetLocalDescriptionAsync()"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token said so.</exception>
    public async Task<SessionDescription> SetLocalDescriptionAndGatherAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wait = new GatheringWait(Queue.PromiseOptions);
        Task set;
        lock (Gate)
        {
            set = SetLocalDescriptionAsync();
            _gatheringWaits.Add(wait);
        }

        try
        {
            using var registration = cancellationToken.UnsafeRegister(
                _ => Queue.Enqueue(() => wait.Promise.TrySetCanceled(cancellationToken)), null);
            if (await Task.WhenAny(set, wait.Promise.Task) == set)
            {
                await set;
                BeginWaiting(wait);
            }

            await wait.Promise.Task;
            return LocalDescription ?? throw new RtcException(RtcErrorNames.InvalidStateError, "The description was rolled back.");
        }
        finally
        {
            lock (Gate)
            {
                _gatheringWaits.Remove(wait);
            }
        }
    }

    /// <summary>The description is set: from now on the end of gathering is the one waited for.</summary>
    private void BeginWaiting(GatheringWait wait)
    {
        lock (Gate)
        {
            wait.IsDescriptionSet = true;
            if (HasGathered(ReferencedTransports()))
            {
                wait.Promise.TrySetResult();
            }
        }
    }

    /// <summary>
    /// The state alone would not do: after a restart it is that of the generation before until the new one begins to gather.
    /// </summary>
    private static bool HasGathered(List<PeerTransport> transports) =>
        transports.TrueForAll(transport => transport is { HasEndOfGathering: true, Ice.GatheringState: IceGatheringState.Complete });

    /// <summary>
    /// The gathering state, or which transports there are, may have changed. With the gate held; what follows goes to the list.
    /// </summary>
    private void TellGathered(List<PeerTransport> transports, List<Action> events)
    {
        if (_gatheringWaits.Exists(wait => wait.IsDescriptionSet) && HasGathered(transports))
        {
            GatheringWait[] over = [.. _gatheringWaits.Where(wait => wait.IsDescriptionSet)];
            events.Add(() => Queue.EnqueueMicrotask(() => Array.ForEach(over, wait => wait.Promise.TrySetResult())));
        }
    }

    /// <summary>
    /// The connection is closed. Promises of the specification stay pending then (webrtc-pc §4.4.1.2); this one says so. With the gate
    /// held.
    /// </summary>
    private void EndGatheringWaits(List<Action> events)
    {
        GatheringWait[] over = [.. _gatheringWaits];
        events.Add(() =>
            Array.ForEach(over, wait =>
                wait.Promise.TrySetException(new RtcException(RtcErrorNames.InvalidStateError, "The connection is closed."))));
    }

    /// <summary>Somebody who waits for the end of gathering.</summary>
    private sealed class GatheringWait(TaskCreationOptions options)
    {
        public TaskCompletionSource Promise { get; } = new(options);

        public bool IsDescriptionSet { get; set; }
    }
}
