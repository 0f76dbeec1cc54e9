namespace Parley;

/// <summary>
/// The operations chain (webrtc-pc §4.4.1.2): of the asynchronous methods of a connection one runs at a time, in the order of the
/// calls. All members are called with the connection's gate held.
/// </summary>
internal sealed class OperationsChain(PeerConnection connection)
{
    private readonly Queue<Operation> _operations = new();

    /// <summary>The operation whose first steps run now.</summary>
    private Operation? _starting;

    /// <summary>[[UpdateNegotiationNeededFlagOnEmptyChain]].</summary>
    public bool UpdateNegotiationNeededOnEmpty { get; set; }

    /// <summary>Whether no operation is under way.</summary>
    public bool IsEmpty => _operations.Count == 0;

    private Lock Gate => connection.Gate;

    /// <summary>"Chain an operation". The start action runs with the gate held, now or when its turn comes.</summary>
    public Task<T> Chain<T>(Action<Operation<T>> start)
    {
        if (connection.IsClosed)
        {
            return Task.FromException<T>(new RtcException(RtcErrorNames.InvalidStateError, "The connection is closed."));
        }

        var operation = new Operation<T>(this, start, connection.Queue.PromiseOptions);
        _operations.Enqueue(operation);
        if (_operations.Count == 1)
        {
            Start(operation);
            if (operation.IsSettled)
            {
                // It failed at once, as most do that the state does not allow: what the caller does next finds the promise settled and the
                // chain free.
                GoOn();
                operation.SettlePromise();
            }
        }

        return operation.Promise;
    }

    /// <summary>Whatever happens in an operation, the chain goes on.</summary>
    private void Start(Operation operation)
    {
        _starting = operation;
        try
        {
            operation.Start();
        }
        catch (Exception error)
        {
            operation.Reject(error as RtcException ?? new RtcException(RtcErrorNames.OperationError, error.Message, error));
        }

        _starting = null;
    }

    private void OnSettled(Operation operation)
    {
        // "Upon fulfillment or rejection of the promise returned by the operation": reactions run as microtasks.
        if (operation != _starting)
        {
            connection.Queue.EnqueueMicrotask(() => Settle(operation));
        }
    }

    /// <summary>
    /// Takes the settled operation off the chain and begins the next, then settles the promise; so too with those of the next that fail at
    /// once.
    /// </summary>
    private void Settle(Operation operation)
    {
        for (var settled = operation; settled is not null;)
        {
            Operation? next;
            lock (Gate)
            {
                if (connection.IsClosed)
                {
                    return;
                }

                next = GoOn() is { IsSettled: true } failed ? failed : null;
            }

            // Its continuations are a user's code, which must not run with the gate held.
            settled.SettlePromise();
            settled = next;
        }
    }

    /// <summary>The first operation is over: begins the next, which it returns, or draws the consequences of an empty chain.</summary>
    private Operation? GoOn()
    {
        _operations.Dequeue();
        if (_operations.TryPeek(out var next))
        {
            Start(next);
            return next;
        }

        if (UpdateNegotiationNeededOnEmpty)
        {
            UpdateNegotiationNeededOnEmpty = false;
            connection.UpdateNegotiationNeeded();
        }

        return null;
    }

    /// <summary>One element of the chain.</summary>
    internal abstract class Operation
    {
        /// <summary>Whether its outcome is known; the promise follows.</summary>
        public bool IsSettled { get; protected set; }

        public abstract void Start();

        public abstract void Reject(Exception error);

        public abstract void SettlePromise();
    }

    /// <summary>One element of the chain whose promise has a value.</summary>
    internal sealed class Operation<T>(OperationsChain chain, Action<Operation<T>> start, TaskCreationOptions promiseOptions) : Operation
    {
        private readonly TaskCompletionSource<T> _promise = new(promiseOptions);
        private T? _value;
        private Exception? _error;

        public Task<T> Promise => _promise.Task;

        public override void Start() => start(this);

        public void Resolve(T value) => Settle(value, null);

        public override void Reject(Exception error) => Settle(default, error);

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

        private void Settle(T? value, Exception? error)
        {
            // The gate, which some tasks do not hold: one of theirs must not be taken for an operation that fails while it starts.
            lock (chain.Gate)
            {
                if (!IsSettled)
                {
                    IsSettled = true;
                    (_value, _error) = (value, error);
                    chain.OnSettled(this);
                }
            }
        }
    }
}
