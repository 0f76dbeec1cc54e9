using Parley.Net;

namespace Parley.Tests.Stats;

public class FrameTallyTests
{
    [Theory]
    [InlineData(25)]
    [InlineData(1000)]
    [InlineData(5000)]
    [InlineData(400_000)]
    public void FramesPerSecond_AtAnyRate_IsWhatCameWithinASecond(int rate)
    {
        var tally = new FrameTally();
        var interval = 1_000_000_000L / rate;
        var now = Instant.Zero;
        for (var i = 0; i < 3 * rate; i++)
        {
            now = Instant.FromNanoseconds(i * interval);
            tally.AddPicture(now, 0, 0);
        }

        // Pictures of one millisecond count together.
        Assert.InRange(tally.FramesPerSecond(now)!.Value, rate * 0.999 - 1, rate * 1.001 + 1);
        Assert.Equal(3 * rate, tally.Frames);
        Assert.Equal(0, tally.FramesPerSecond(now + TimeSpan.FromSeconds(1.001)));
    }
}
