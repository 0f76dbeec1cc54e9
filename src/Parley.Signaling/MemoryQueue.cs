namespace Parley.Signaling;

/// <summary>
/// Messages on their way to one reader. Unlike a channel of the framework it ends a cancelled wait without an exception being thrown, of which each costs as much as sending a datagram.
/// </summary>
internal sealed class MemoryQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<SignalingMessage> _messages = new();
    private TaskCompletionSource<SignalingMessage?>? _waiting;
    private CancellationTokenRegistration _registration;
    private bool _isClosed;

    /// <summary>Adds a message; false when the queue is closed.</summary>
    public bool TryAdd(SignalingMessage message)
    {
        TaskCompletionSource<SignalingMessage?>? waiting;
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            waiting = TakeWaiting();
            if (waiting is null)
            {
                _messages.Enqueue(message);
            }
        }

        waiting?.SetResult(message);
        return true;
    }

    /// <summary>The next message; null when there is none and will be none.</summary>
    public ValueTask<SignalingMessage?> TakeAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<SignalingMessage?>(cancellationToken);
        }

        TaskCompletionSource<SignalingMessage?> waiting;
        lock (_gate)
        {
            if (_messages.TryDequeue(out SignalingMessage? message))
            {
                return ValueTask.FromResult<SignalingMessage?>(message);
            }

            if (_isClosed)
            {
                return ValueTask.FromResult<SignalingMessage?>(null);
            }

            if (_waiting is not null)
            {
                throw new InvalidOperationException("Another call still waits for a message.");
            }

            _waiting = waiting = new TaskCompletionSource<SignalingMessage?>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        CancelWith(waiting, cancellationToken);
        return new ValueTask<SignalingMessage?>(waiting.Task);
    }

    /// <summary>Takes no more messages; those that are in it are still read.</summary>
    public void Close()
    {
        TaskCompletionSource<SignalingMessage?>? waiting;
        lock (_gate)
        {
            _isClosed = true;
            waiting = TakeWaiting();
        }

        waiting?.SetResult(null);
    }

    private void CancelWith(TaskCompletionSource<SignalingMessage?> waiting, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(_ => Cancel(waiting, cancellationToken), null);
        lock (_gate)
        {
            if (_waiting == waiting)
            {
                _registration = registration;
                return;
            }
        }

        // A message came, or the end, meanwhile.
        registration.Unregister();
    }

    private void Cancel(TaskCompletionSource<SignalingMessage?> waiting, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waiting != waiting)
            {
                return;
            }

            TakeWaiting();
        }

        waiting.SetCanceled(cancellationToken);
    }

    // With the gate held. Who takes it out of its place completes it, and nobody else.
    private TaskCompletionSource<SignalingMessage?>? TakeWaiting()
    {
        TaskCompletionSource<SignalingMessage?>? waiting = _waiting;
        _waiting = null;
        _registration.Unregister();
        _registration = default;
        return waiting;
    }
}
