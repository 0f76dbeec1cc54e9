namespace Parley.Net.Tests;

public class ArrivalClockTests
{
    private readonly ArrivalClock _clock = new(TimeProvider.System);

    [Fact]
    public void Batch_ReadsTheClockOnce()
    {
        _clock.Begin();
        var first = _clock.Now();
        Thread.Sleep(2);
        Assert.Equal(first, _clock.Now());

        _clock.Begin();
        Assert.True(_clock.Now() - first >= TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public void KernelsNote_IsPutOnTheMonotonicClock()
    {
        _clock.Begin();
        var wall = WallNow();
        var now = _clock.Now();
        Assert.InRange(now - _clock.At(wall - 5_000_000), TimeSpan.FromMilliseconds(4.9), TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-60)]
    public void KernelsNote_OfAfterTheReading_OrOfBeforeTheWallClockWasSet_CountsAsNow(int seconds)
    {
        _clock.Begin();
        var now = _clock.Now();
        Assert.Equal(now, _clock.At(WallNow() + seconds * 1_000_000_000L));
    }

    private static long WallNow() => (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;
}
