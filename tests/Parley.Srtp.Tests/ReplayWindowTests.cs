namespace Parley.Srtp.Tests;

public sealed class ReplayWindowTests
{
    [Fact]
    public void Accept_RandomJumps_AgreesWithASet()
    {
        var random = new Random(3);
        for (var run = 0; run < 50; run++)
        {
            var window = new ReplayWindow();
            var accepted = new HashSet<long>();
            var highest = -1L;
            for (var step = 0; step < 2_000; step++)
            {
                var jump = random.Next(20) switch
                {
                    0 => random.Next(-4_000, 4_000),
                    1 => random.Next(-100, 100_000),
                    _ => random.Next(-200, 200),
                };
                var index = Math.Max(0, highest + jump);
                var expected = index <= highest && highest - index >= ReplayWindow.Length ? SrtpError.TooOld
                    : accepted.Contains(index) ? SrtpError.Replayed
                    : SrtpError.None;
                Assert.Equal(expected, window.Check(index));
                if (expected == SrtpError.None)
                {
                    window.Accept(index);
                    accepted.Add(index);
                    highest = Math.Max(highest, index);
                }
            }

            Assert.Equal(highest, window.Highest);
        }
    }
}
