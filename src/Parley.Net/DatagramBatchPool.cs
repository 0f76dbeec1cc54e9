using System.Collections.Concurrent;

namespace Parley.Net;

/// <summary>
/// Batches of the default size, lent for one turn of a loop: a thousand idle connections hold none of them. Safe for use from any thread.
/// </summary>
public static class DatagramBatchPool
{
    private static readonly ConcurrentStack<DatagramBatch> s_batches = new();
    private static readonly int s_kept = Environment.ProcessorCount * 4;

    // What a loop returned last on a thread is in that core's cache.
    [ThreadStatic]
    private static DatagramBatch? t_batch;

    /// <summary>An empty batch; give it back with <see cref="Return"/>.</summary>
    public static DatagramBatch Rent()
    {
        if (t_batch is { } batch)
        {
            t_batch = null;
            return batch;
        }

        return s_batches.TryPop(out var kept) ? kept : new DatagramBatch();
    }

    /// <summary>Gives a batch back; whoever rented it uses it no more.</summary>
    public static void Return(DatagramBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Buffer.Length != DatagramBatch.DefaultBufferSize || batch.Capacity != DatagramBatch.DefaultCapacity)
        {
            return;
        }

        batch.Clear();
        if (t_batch is null)
        {
            t_batch = batch;
        }
        else if (s_batches.Count < s_kept)
        {
            s_batches.Push(batch);
        }
    }
}
