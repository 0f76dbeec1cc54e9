namespace Parley;

/// <summary>What code allocates once it has what it needs, measured exactly. Compiled into every test project.</summary>
internal static class SteadyState
{
    private const int Windows = 5;
    private const int Attempts = 10;

    /// <summary>
    /// Runs the work in five equal windows and gives the median of the bytes that the caller's thread allocated in each. The code under
    /// test would allocate in each of them; the runtime itself does so now and then while it compiles (6,016 bytes, once in some hundred
    /// runs). On a busy machine the optimized code comes late, and what it keeps off the heap is allocated until then: a median above zero
    /// is measured anew.
    /// </summary>
    /// <param name="window">One window's work, long enough for whatever the code does periodically.</param>
    public static long Allocates(Action window)
    {
        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            least = Math.Min(least, MedianOf(window));
        }

        return least;
    }

    private static long MedianOf(Action window)
    {
        Span<long> allocated = stackalloc long[Windows];
        foreach (ref var bytes in allocated)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            window();
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        allocated.Sort();
        return allocated[Windows / 2];
    }
}
