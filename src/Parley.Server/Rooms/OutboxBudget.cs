namespace Parley.Server;

/// <summary>
/// What all outboxes of a server hold together. When it is more than its bound, the outbox that holds the most is cut off: who does not
/// read pays for it, not who happens to be sent something next.
/// </summary>
internal sealed class OutboxBudget(long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Outbox> _outboxes = [];
    private long _bytes;

    /// <summary>How many bytes wait, overhead included.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Counts an outbox in.</summary>
    public void Add(Outbox outbox)
    {
        lock (_lock)
        {
            _outboxes.Add(outbox);
        }
    }

    /// <summary>Counts an outbox out, whose bytes were given back.</summary>
    public void Remove(Outbox outbox)
    {
        lock (_lock)
        {
            _outboxes.Remove(outbox);
        }
    }

    /// <summary>Counts bytes, or gives back a negative number of them.</summary>
    public void Charge(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > maxBytes && bytes > 0)
        {
            CutLargest();
        }
    }

    private void CutLargest()
    {
        while (Bytes > maxBytes)
        {
            Outbox? largest;
            lock (_lock)
            {
                largest = _outboxes.MaxBy(static outbox => outbox.Bytes);
                if (largest is null)
                {
                    return;
                }

                _outboxes.Remove(largest);
            }

            largest.Cut(CutReason.ServerBudget);
        }
    }
}
