namespace Parley;

/// <summary>
/// The operations chain (webrtc-pc §4.4.1.2): of the asynchronous methods of a connection one runs at a time, in the order of the
/// calls. All members are called with the connection's gate held.
/// </summary>
internal sealed class OperationsChain(PeerConnection connection)
{
    private readonly Queue<Operation> _operations = new();

    /// <summary>[[UpdateNegotiationNeededFlagOnEmptyChain]].</summary>
    public bool UpdateNegotiationNeededOnEmpty { get; set; }

    /// <summary>Whether no operation is under way.</summary>
    public bool IsEmpty => _operations.Count == 0;

    /// <summary>"Chain an operation". The start action runs with the gate held, now or when its turn comes.</summary>
    public Task<T> Chain<T>(Action<Operation<T>> start)
    {
        if (connection.IsClosed)
        {
            return Task.FromException<T>(new RtcException(RtcErrorNames.InvalidStateError, "The connection is closed."));
        }

        var operation = new Operation<T>(this, start);
        _operations.Enqueue(operation);
        if (_operations.Count == 1)
        {
            Start(operation);
        }

        return operation.Promise;
    }

    /// <summary>Whatever happens in an operation, the chain goes on.</summary>
    private static void Start(Operation operation)
    {
        try
        {
            operation.Start();
        }
        catch (Exception error)
        {
            operation.Reject(error as RtcException ?? new RtcException(RtcErrorNames.OperationError, error.Message, error));
        }
    }

    private void OnSettled(Operation operation)
    {
        // "Upon fulfillment or rejection of the promise returned by the operation": reactions run as microtasks.
        connection.Queue.EnqueueMicrotask(() =>
        {
            lock (connection.Gate)
            {
                if (connection.IsClosed)
                {
                    return;
                }

                operation.SettlePromise();
                _operations.Dequeue();
                if (_operations.TryPeek(out var next))
                {
                    Start(next);
                    return;
                }

                if (!UpdateNegotiationNeededOnEmpty)
                {
                    return;
                }

                UpdateNegotiationNeededOnEmpty = false;
                connection.UpdateNegotiationNeeded();
            }
        });
    }

    /// <summary>One element of the chain.</summary>
    internal abstract class Operation
    {
        public abstract void Start();

        public abstract void Reject(Exception error);

        public abstract void SettlePromise();
    }

    /// <summary>One element of the chain whose promise has a value.</summary>
    internal sealed class Operation<T>(OperationsChain chain, Action<Operation<T>> start) : Operation
    {
        private readonly TaskCompletionSource<T> _promise = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _value;
        private Exception? _error;
        private bool _settled;

        public Task<T> Promise => _promise.Task;

        public override void Start() => start(this);

        public void Resolve(T value)
        {
            if (!_settled)
            {
                _settled = true;
                _value = value;
                chain.OnSettled(this);
            }
        }

        public override void Reject(Exception error)
        {
            if (!_settled)
            {
                _settled = true;
                _error = error;
                chain.OnSettled(this);
            }
        }

        public override void SettlePromise()
        {
            if (_error is null)
            {
                _promise.TrySetResult(_value!);
            }
            else
            {
                _promise.TrySetException(_error);
            }
        }
    }
}
