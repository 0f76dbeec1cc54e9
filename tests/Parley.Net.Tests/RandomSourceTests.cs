namespace Parley.Net.Tests;

public class RandomSourceTests
{
    [Fact]
    public void Seeded_SameSeed_SameSequence()
    {
        var left = RandomSource.Seeded(42);
        var right = RandomSource.Seeded(42);
        var other = RandomSource.Seeded(43);
        var sequence = Enumerable.Range(0, 100).Select(_ => left.NextUInt64()).ToArray();
        Assert.Equal(sequence, Enumerable.Range(0, 100).Select(_ => right.NextUInt64()));
        Assert.NotEqual(sequence, Enumerable.Range(0, 100).Select(_ => other.NextUInt64()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(100)]
    public void Next_ManyDrawn_EachIsEquallyLikely(int bound)
    {
        var random = RandomSource.Seeded(7);
        var counts = new int[bound];
        const int PerValue = 2000;
        for (var i = 0; i < bound * PerValue; i++)
        {
            counts[random.Next(bound)]++;
        }

        // Five standard deviations.
        Assert.All(counts, count => Assert.InRange(count, PerValue - 5 * Math.Sqrt(PerValue), PerValue + 5 * Math.Sqrt(PerValue)));
    }

    [Fact]
    public void Next_GreatBound_StaysBelowIt()
    {
        var random = RandomSource.Seeded(1);
        for (var i = 0; i < 1000; i++)
        {
            Assert.InRange(random.Next(int.MaxValue), 0, int.MaxValue - 1);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(0));
    }

    [Fact]
    public void NextDouble_ManyDrawn_LieEvenlyBelowOne()
    {
        var random = RandomSource.Seeded(1);
        var drawn = Enumerable.Range(0, 20_000).Select(_ => random.NextDouble()).ToList();
        Assert.All(drawn, value => Assert.True(value is >= 0 and < 1));
        Assert.InRange(drawn.Average(), 0.49, 0.51);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(33)]
    public void Fill_AnyLength_FillsAllOfIt(int length)
    {
        foreach (var random in new[] { RandomSource.Seeded(3), RandomSource.System })
        {
            var union = new byte[length];
            for (var i = 0; i < 64; i++)
            {
                var bytes = new byte[length];
                random.Fill(bytes);
                for (var j = 0; j < length; j++)
                {
                    union[j] |= bytes[j];
                }
            }

            Assert.All(union, value => Assert.Equal(0xFF, value));
        }
    }
}
