using System.Net.WebSockets;
using System.Threading.Channels;

namespace Parley.Server;

/// <summary>
/// What waits to be sent to one peer: posted by anyone without waiting, sent by one pump at a time, bounded in messages and bytes. For a
/// peer that may come back, what was sent is kept until the peer has acknowledged it, so that the next socket goes on where the last one
/// broke.
/// </summary>
/// <remarks>A reader too slow for its bound is cut off, since waiting for it would make it everybody's problem.</remarks>
internal sealed class Outbox
{
    // A short message costs more than its bytes.
    private const int Overhead = 64;

    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Queue<ReadOnlyMemory<byte>> _uncounted = new();
    private readonly Queue<ReadOnlyMemory<byte>> _sent = new();
    private Queue<ReadOnlyMemory<byte>> _unsent = new();
    private readonly OutboxBudget _budget;
    private readonly int _maxMessages;
    private readonly int _maxBytes;
    private readonly bool _keepsSent;
    private readonly Action<CutReason> _cut;
    private long _acknowledged;
    private int _bytes;
    private bool _completed;
    private bool _isCut;

    public Outbox(SignalingOptions options, OutboxBudget budget, bool keepsSent, Action<CutReason> cut)
    {
        _maxMessages = options.OutgoingMessages;
        _maxBytes = options.OutgoingBytes;
        _budget = budget;
        _keepsSent = keepsSent;
        _cut = cut;
        budget.Add(this);
    }

    /// <summary>What it holds, overhead included.</summary>
    public int Bytes => Volatile.Read(ref _bytes);

    /// <summary>Queues one whole text message; the memory must not change afterwards.</summary>
    public void Post(ReadOnlyMemory<byte> message)
    {
        bool isOver;
        lock (_lock)
        {
            if (_isCut || _completed)
            {
                return;
            }

            _unsent.Enqueue(message);
            _bytes += message.Length + Overhead;
            ForgetSent();
            isOver = _unsent.Count > _maxMessages || _bytes > _maxBytes + (_unsent.Count * Overhead);
            _signal.Writer.TryWrite(true);
        }

        // Outside the lock: the budget may cut any outbox, this one too.
        _budget.Charge(message.Length + Overhead);
        if (isOver)
        {
            Cut(CutReason.SlowReader);
        }
    }

    /// <summary>Queues a message that is not counted and goes before all others: it belongs to this socket alone.</summary>
    public void PostUncounted(ReadOnlyMemory<byte> message)
    {
        lock (_lock)
        {
            // Each answers a message of the peer, which is slowed; this bounds one that reads nothing.
            if (_isCut || _completed || _uncounted.Count >= _maxMessages)
            {
                return;
            }

            _uncounted.Enqueue(message);
            _bytes += message.Length + Overhead;
            _signal.Writer.TryWrite(true);
        }

        _budget.Charge(message.Length + Overhead);
    }

    /// <summary>The peer has received so many messages in this session.</summary>
    public void Acknowledge(long count)
    {
        lock (_lock)
        {
            while (_acknowledged < count && _sent.Count > 0)
            {
                ForgetOldest();
            }
        }
    }

    /// <summary>A new socket takes over from one whose pump has ended: what the peer has not received is sent again.</summary>
    /// <returns>False when some of it is not there any more.</returns>
    public bool TryResume(long received)
    {
        lock (_lock)
        {
            if (_isCut || received < _acknowledged || received > _acknowledged + _sent.Count)
            {
                return false;
            }

            Acknowledge(received);
            _unsent = new Queue<ReadOnlyMemory<byte>>([.. _sent, .. _unsent]);
            _sent.Clear();
            while (_uncounted.TryDequeue(out ReadOnlyMemory<byte> message))
            {
                Release(message);
            }

            _completed = false;
            _signal.Writer.TryWrite(true);
            return true;
        }
    }

    /// <summary>The pump ends when all is sent that was posted so far; what is posted later is dropped.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            _signal.Writer.TryWrite(true);
        }
    }

    /// <summary>Ends the outbox and hands over what was never sent.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Empty()
    {
        ReadOnlyMemory<byte>[] waiting;
        lock (_lock)
        {
            waiting = [.. _unsent];
        }

        return Discard() ? waiting : [];
    }

    /// <summary>Gives the peer up: drops everything, now and later.</summary>
    public void Cut(CutReason reason)
    {
        if (Discard())
        {
            _cut(reason);
        }
    }

    /// <summary>The stay is over: drops everything, now and later.</summary>
    /// <returns>False when that was done before.</returns>
    public bool Discard()
    {
        lock (_lock)
        {
            if (_isCut)
            {
                return false;
            }

            _isCut = true;
            _uncounted.Clear();
            _sent.Clear();
            _unsent.Clear();
            _budget.Charge(-_bytes);
            _bytes = 0;
            _signal.Writer.TryWrite(true);
        }

        _budget.Remove(this);
        return true;
    }

    /// <summary>Sends what is posted, in order, until <see cref="Complete"/> or <see cref="Discard"/>.</summary>
    public async Task PumpAsync(WebSocket socket, CancellationToken cancellation)
    {
        while (true)
        {
            while (TryTake(out ReadOnlyMemory<byte> message))
            {
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellation).ConfigureAwait(false);
            }

            if (IsDone())
            {
                return;
            }

            await _signal.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
    }

    private bool TryTake(out ReadOnlyMemory<byte> message)
    {
        lock (_lock)
        {
            if (_uncounted.TryDequeue(out message))
            {
                Release(message);
                return true;
            }

            if (!_unsent.TryDequeue(out message))
            {
                return false;
            }

            _sent.Enqueue(message);
            if (!_keepsSent)
            {
                ForgetOldest();
            }

            return true;
        }
    }

    private bool IsDone()
    {
        lock (_lock)
        {
            return _isCut || (_completed && _uncounted.Count == 0 && _unsent.Count == 0);
        }
    }

    // Who does not acknowledge cannot come back, and is served on.
    private void ForgetSent()
    {
        while (_sent.Count > 0 && (_sent.Count + _unsent.Count > _maxMessages || _bytes > _maxBytes))
        {
            ForgetOldest();
        }
    }

    private void ForgetOldest()
    {
        Release(_sent.Dequeue());
        _acknowledged++;
    }

    private void Release(ReadOnlyMemory<byte> message)
    {
        _bytes -= message.Length + Overhead;
        _budget.Charge(-message.Length - Overhead);
    }
}
