namespace Parley.Net.Tests;

public class InstantTests
{
    [Fact]
    public void Arithmetic_WithDurations_IsExact()
    {
        var start = Instant.FromNanoseconds(1_000);
        var later = start + TimeSpan.FromMilliseconds(1.5);
        Assert.Equal(1_501_000, later.Nanoseconds);
        Assert.Equal(TimeSpan.FromMilliseconds(1.5), later - start);
        Assert.Equal(start, later - TimeSpan.FromMilliseconds(1.5));
        Assert.True(start < later && later > start && start <= later && later >= start);
    }

    [Fact]
    public void Earliest_OfAbsentDeadlines_IsTheOneThatIsThere()
    {
        Instant? early = Instant.FromNanoseconds(1);
        Instant? late = Instant.FromNanoseconds(2);
        Assert.Equal(early, Instant.Earliest(early, late));
        Assert.Equal(early, Instant.Earliest(late, early));
        Assert.Equal(late, Instant.Earliest(null, late));
        Assert.Equal(late, Instant.Earliest(late, null));
        Assert.Null(Instant.Earliest(null, null));
    }

    [Fact]
    public void Now_OfTheSystem_NeverGoesBack()
    {
        var first = Instant.Now(TimeProvider.System);
        Assert.True(Instant.Now(TimeProvider.System) >= first);
    }
}
