namespace Parley.Net.Tests;

public sealed class ProportionTests
{
    [Fact]
    public void Of_AnyValue_IsWhatTheWideProductGives()
    {
        var random = new Random(1);
        long[] rates = [1, 1000, 8000, 48_000, 90_000, 1_000_000_000, 1L << 31];
        for (var i = 0; i < 200_000; i++)
        {
            var value = (random.NextInt64() >> random.Next(63)) * (random.Next(2) * 2 - 1);
            var multiplier = i % 3 == 0 ? 1L << 32 : rates[random.Next(6)];
            var divisor = rates[random.Next(rates.Length)];
            var wide = (Int128)value * multiplier / divisor;
            if (wide == (long)wide)
            {
                Assert.Equal((long)wide, Proportion.Of(value, multiplier, divisor));
            }
        }
    }
}
