namespace Parley.Tests;

/// <summary>
/// A clock whose timers fire up to 3 ms early, as those of a system do that count by a coarser clock than the one that is read.
/// </summary>
internal sealed class EarlyTimeProvider(TimeProvider clock) : TimeProvider
{
    private static readonly TimeSpan s_early = TimeSpan.FromMilliseconds(3);

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new EarlyTimer(clock.CreateTimer(callback, state, Earlier(dueTime), period));

    private static TimeSpan Earlier(TimeSpan dueTime) => dueTime > 2 * s_early ? dueTime - s_early : dueTime;

    private sealed class EarlyTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Earlier(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
