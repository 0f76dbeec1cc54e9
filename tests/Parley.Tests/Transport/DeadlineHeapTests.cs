using Parley.Net;

namespace Parley.Tests.Transport;

public class DeadlineHeapTests
{
    [Fact]
    public void Earliest_IsThatOfASortedList_WhateverChanges()
    {
        var heap = new DeadlineHeap();
        var random = RandomSource.Seeded(1);
        var transports = Enumerable.Range(0, 60).Select(_ => new DrivenTransport(null!, null!, null!, null!, null, null!)).ToArray();
        var expected = new Dictionary<DrivenTransport, Instant>();
        for (var i = 0; i < 20_000; i++)
        {
            var transport = transports[random.NextUInt32() % transports.Length];
            if (random.NextUInt32() % 4 == 0)
            {
                expected.Remove(transport);
                heap.Set(transport, null);
            }
            else
            {
                var due = Instant.FromNanoseconds(random.NextUInt32() % 500);
                expected[transport] = due;
                heap.Set(transport, due);
            }

            Assert.Equal(expected.Count == 0 ? null : expected.Values.Min(), heap.Earliest);
            if (expected.Count > 0)
            {
                Assert.Equal(heap.Earliest, expected[heap.First]);
            }
        }
    }
}
