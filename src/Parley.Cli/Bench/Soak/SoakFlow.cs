using System.Buffers;

namespace Parley.Cli.Bench.Soak;

/// <summary>Numbered messages from one end of a channel to the other.</summary>
internal sealed class SoakFlow
{
    private readonly DataChannel _from;
    private readonly DataChannel _to;
    private volatile TaskCompletionSource? _stall;
    private long _sent;
    private long _bytes;
    private int _sending;

    public SoakFlow(string name, DataChannel from, DataChannel to)
    {
        Name = name;
        _from = from;
        _to = to;
        IsReliable = from.MaxRetransmits is null && from.MaxPacketLifeTime is null;
        Ledger = new ArrivalLedger(from.Ordered, IsReliable);
    }

    /// <summary>What findings call it.</summary>
    public string Name { get; }

    /// <summary>Whether nothing of it may be lost.</summary>
    public bool IsReliable { get; }

    /// <summary>What arrived.</summary>
    public ArrivalLedger Ledger { get; }

    /// <summary>Messages handed to the channel.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Their bytes.</summary>
    public long SentBytes => Interlocked.Read(ref _bytes);

    /// <summary>What waits at the sender.</summary>
    public long Buffered => _from.BufferedAmount;

    /// <summary>Whether messages can be sent and read.</summary>
    public bool IsOpen => _from.ReadyState == DataChannelState.Open && _to.ReadyState == DataChannelState.Open;

    /// <summary>Whether nothing is being sent, and what cannot be lost has arrived.</summary>
    public bool IsAtRest => Volatile.Read(ref _sending) == 0 && (IsReliable ? Ledger.Received == Sent : Buffered == 0);

    /// <summary>Sends the next message when there is room for it. One at a time.</summary>
    public async Task SendAsync(int size)
    {
        Interlocked.Increment(ref _sending);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            ArrivalLedger.Fill(buffer.AsSpan(0, size), Sent);
            await _from.SendAsync(buffer.AsMemory(0, size));
            Interlocked.Add(ref _bytes, size);
            Interlocked.Increment(ref _sent);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Interlocked.Decrement(ref _sending);
        }
    }

    /// <summary>Reads until the channel closes.</summary>
    public async Task ReadAsync()
    {
        await foreach (DataChannelMessage message in _to.ReadAllAsync())
        {
            if (_stall is { } stall)
            {
                await stall.Task;
            }

            Ledger.Take(message.Data.Span);
        }
    }

    /// <summary>The reader takes nothing more until <see cref="Resume"/>.</summary>
    public void Stall() => _stall = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume()
    {
        TaskCompletionSource? stall = _stall;
        _stall = null;
        stall?.TrySetResult();
    }
}
