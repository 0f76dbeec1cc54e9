namespace Parley.Simulation;

/// <summary>The simulation's clock: nanoseconds since its start; the wall clock starts on 1 January 2026, UTC.</summary>
internal sealed class VirtualTimeProvider(Simulator simulator) : TimeProvider
{
    private static readonly DateTimeOffset s_epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => 1_000_000_000;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => simulator.Now.Nanoseconds;

    public override DateTimeOffset GetUtcNow() => s_epoch.AddTicks(simulator.Now.Nanoseconds / 100);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(simulator, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
