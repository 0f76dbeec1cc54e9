using System.Collections.Concurrent;
using Parley.Net;

namespace Parley;

/// <summary>Batches are large and needed only during a turn: as many exist as loops run at once, not as connections.</summary>
internal static class DatagramBatchPool
{
    private const int MaxKept = 16;
    private static readonly ConcurrentBag<DatagramBatch> Batches = [];

    public static DatagramBatch Rent() => Batches.TryTake(out var batch) ? batch : new DatagramBatch();

    public static void Return(DatagramBatch batch)
    {
        if (Batches.Count < MaxKept)
        {
            batch.Clear();
            Batches.Add(batch);
        }
    }
}
