using Parley.Net;

namespace Parley.Rtp;

/// <summary>
/// Wall-clock time as RTCP carries it: seconds since 1 January 1900 in 32 bits, and their fraction in 32 bits (RFC 3550 §4).
/// </summary>
/// <param name="Value">The 64 bits as on the wire. 0 stands for "not known" in RTCP.</param>
public readonly record struct NtpTimestamp(ulong Value) : IComparable<NtpTimestamp>
{
    /// <summary>Seconds from NTP's epoch (1900) to Unix's (1970).</summary>
    private const long UnixEpochSeconds = 2_208_988_800;

    /// <summary>Whole seconds since 1900, which wrap in 2036.</summary>
    public uint Seconds => (uint)(Value >> 32);

    /// <summary>The fraction of a second, in units of 2⁻³² s.</summary>
    public uint Fraction => (uint)Value;

    /// <summary>The middle 32 bits, in units of 1/65,536 s, as LSR carries them (RFC 3550 §6.4.1).</summary>
    public uint Middle32 => (uint)(Value >> 16);

    /// <summary>The timestamp of a point in wall-clock time.</summary>
    public static NtpTimestamp From(DateTimeOffset time)
    {
        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        return new NtpTimestamp(((ulong)(uint)(seconds + UnixEpochSeconds) << 32) | (uint)(((ulong)rest << 32) / TimeSpan.TicksPerSecond));
    }

    /// <summary>
    /// The point in wall-clock time, to 100 ns; seconds with the top bit clear are taken to lie after 2036 (RFC 4330 §3).
    /// </summary>
    public DateTimeOffset ToDateTimeOffset()
    {
        long seconds = Seconds;
        if (seconds < 0x8000_0000)
        {
            seconds += 1L << 32;
        }

        var fraction = (long)((Fraction * (ulong)TimeSpan.TicksPerSecond + (1UL << 31)) >> 32);
        return DateTimeOffset.UnixEpoch.AddTicks((seconds - UnixEpochSeconds) * TimeSpan.TicksPerSecond + fraction);
    }

    /// <inheritdoc/>
    public int CompareTo(NtpTimestamp other) => ((long)(Value - other.Value)).CompareTo(0);

    /// <summary>The timestamp this many nanoseconds later.</summary>
    public NtpTimestamp AddNanoseconds(long nanoseconds) =>
        new(Value + (ulong)Proportion.Of(nanoseconds, 1L << 32, 1_000_000_000));

    /// <summary>The timestamp a duration later.</summary>
    public static NtpTimestamp operator +(NtpTimestamp timestamp, TimeSpan duration) => timestamp.AddNanoseconds(duration.Ticks * 100);

    /// <summary>The time from the right timestamp to the left one.</summary>
    public static TimeSpan operator -(NtpTimestamp left, NtpTimestamp right) =>
        new((long)(((Int128)(long)(left.Value - right.Value) * TimeSpan.TicksPerSecond + (1L << 31)) >> 32));

    /// <summary>Whether the left timestamp is earlier.</summary>
    public static bool operator <(NtpTimestamp left, NtpTimestamp right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left timestamp is later.</summary>
    public static bool operator >(NtpTimestamp left, NtpTimestamp right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left timestamp is not later.</summary>
    public static bool operator <=(NtpTimestamp left, NtpTimestamp right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left timestamp is not earlier.</summary>
    public static bool operator >=(NtpTimestamp left, NtpTimestamp right) => left.CompareTo(right) >= 0;
}
