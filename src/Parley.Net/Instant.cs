namespace Parley.Net;

/// <summary>
/// A point on a monotonic clock, in nanoseconds since an origin that only the clock's owner knows. A protocol core never
/// reads a clock: every call that depends on time is told the instant. Two instants compare only when they come from one clock.
/// </summary>
public readonly record struct Instant : IComparable<Instant>
{
    private const long NanosecondsPerTick = 1_000_000_000 / TimeSpan.TicksPerSecond;

    private Instant(long nanoseconds) => Nanoseconds = nanoseconds;

    /// <summary>The clock's origin.</summary>
    public static Instant Zero => default;

    /// <summary>The latest instant there is: later than any deadline.</summary>
    public static Instant MaxValue => new(long.MaxValue);

    /// <summary>Nanoseconds since the clock's origin.</summary>
    public long Nanoseconds { get; }

    /// <summary>The instant that lies this many nanoseconds after the origin.</summary>
    public static Instant FromNanoseconds(long nanoseconds) => new(nanoseconds);

    /// <summary>The present instant of a <see cref="TimeProvider"/>'s monotonic timestamp.</summary>
    public static Instant Now(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var timestamp = clock.GetTimestamp();
        var frequency = clock.TimestampFrequency;
        return frequency == 1_000_000_000
            ? new Instant(timestamp)
            : new Instant((long)((Int128)timestamp * 1_000_000_000 / frequency));
    }

    /// <summary>The earlier of two deadlines, either of which may be absent.</summary>
    public static Instant? Earliest(Instant? left, Instant? right) =>
        left is { } l && right is { } r ? (l <= r ? l : r) : left ?? right;

    /// <summary>The later of two instants; the other one when one is null.</summary>
    public static Instant? Latest(Instant? left, Instant? right) =>
        left is { } l && right is { } r ? (l >= r ? l : r) : left ?? right;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <inheritdoc/>
    public override string ToString() => $"{Nanoseconds / 1e9:F6}s";

    /// <summary>The instant a duration later.</summary>
    public static Instant operator +(Instant instant, TimeSpan duration) => new(instant.Nanoseconds + duration.Ticks * NanosecondsPerTick);

    /// <summary>The instant a duration earlier.</summary>
    public static Instant operator -(Instant instant, TimeSpan duration) => new(instant.Nanoseconds - duration.Ticks * NanosecondsPerTick);

    /// <summary>The time from the right instant to the left one; negative when the left one is earlier.</summary>
    public static TimeSpan operator -(Instant left, Instant right) => new((left.Nanoseconds - right.Nanoseconds) / NanosecondsPerTick);

    /// <summary>Whether the left instant is earlier.</summary>
    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Whether the left instant is later.</summary>
    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Whether the left instant is not later.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Whether the left instant is not earlier.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;
}
