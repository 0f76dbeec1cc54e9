namespace Parley.Net;

/// <summary>
/// Whole numbers in proportion, without the 128 bits that their product might take: what clocks of different rates are reckoned with,
/// packet by packet.
/// </summary>
public static class Proportion
{
    /// <summary>The value times the multiplier, divided by the divisor and cut toward zero.</summary>
    /// <param name="value">Any number whose result fits 64 bits.</param>
    /// <param name="multiplier">From 0 to 2³².</param>
    /// <param name="divisor">From 1 to 2³¹.</param>
    public static long Of(long value, long multiplier, long divisor)
    {
        // value = whole * divisor + rest, both of one sign: what is cut off the whole part is nothing.
        var (whole, rest) = Math.DivRem(value, divisor);
        return whole * multiplier + rest * multiplier / divisor;
    }
}
