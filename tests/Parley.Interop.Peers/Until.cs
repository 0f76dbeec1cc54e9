namespace Parley.Interop.Peers;

/// <summary>Waits for what will come, with a limit that a busy machine does not reach.</summary>
public static class Until
{
    /// <summary>The most a single step may take.</summary>
    public static TimeSpan Limit => Patience.Limit;

    /// <summary>Waits until a count no longer grows: some of what is counted may still have been on its way.</summary>
    /// <param name="count">The count.</param>
    /// <param name="meanwhile">What takes long enough for the count to grow if it does.</param>
    /// <param name="what">What is counted, for the failure.</param>
    public static async Task AtRestAsync(Func<Task<long>> count, Func<Task> meanwhile, string what)
    {
        const int MaxRounds = 10;
        long before = await count();
        for (int round = 0; round < MaxRounds; round++)
        {
            await meanwhile();
            long after = await count();
            if (after == before)
            {
                return;
            }

            before = after;
        }

        throw new TimeoutException($"For ever: {what}");
    }

    /// <summary>Waits until a condition is true.</summary>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">What is waited for, and how things stand, for the failure.</param>
    public static async Task TrueAsync(Func<bool> condition, Func<string> what)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            try
            {
                await ticks.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!condition())
            {
                throw new TimeoutException($"Never: {what()}");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
