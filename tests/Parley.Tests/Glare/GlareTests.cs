using System.Collections.Concurrent;
using System.Globalization;

namespace Parley.Tests.Glare;

public class GlareTests
{
    private const int MostFailures = 20;

    /// <summary>1,000 seeds, or 10,000 with PARLEY_LONG=1; with PARLEY_SEED=n that one alone.</summary>
    [Fact]
    public void Glare_BothSidesChangeTheCall_EverySeedEndsWell()
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("PARLEY_SEED"), CultureInfo.InvariantCulture, out var seed))
        {
            GlareWorld.Run(seed);
            return;
        }

        var count = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 10_000 : 1_000;
        var failures = new ConcurrentDictionary<ulong, string>();
        Parallel.For(1, count + 1, (number, loop) =>
        {
            try
            {
                GlareWorld.Run((ulong)number);
            }
            catch (Exception error)
            {
                failures[(ulong)number] = error.Message;
                if (failures.Count >= MostFailures)
                {
                    loop.Stop();
                }
            }
        });
        Assert.True(failures.IsEmpty, $"{failures.Count} seeds failed: {string.Join(", ", failures.Keys.Order())}. The first: {failures.OrderBy(pair => pair.Key).FirstOrDefault().Value}");
    }

    /// <summary>
    /// Seeds that failed once: 74 and 94 negotiated for ever (an answer without msid lines; a transceiver stopped before it had a section); in 116, 9801 and 9960
    /// the loop spun on a deadline some nanoseconds ahead.
    /// </summary>
    [Theory]
    [InlineData(74)]
    [InlineData(94)]
    [InlineData(128)]
    [InlineData(317)]
    [InlineData(1193)]
    [InlineData(116)]
    [InlineData(9801)]
    [InlineData(9960)]
    public void Glare_SeedThatFailedOnce_EndsWell(int seed) => GlareWorld.Run((ulong)seed);

    /// <summary>Equal seeds give equal worlds: only so can a failure be repeated.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Glare_SameSeedTwice_SendsTheSameDatagrams(int seed) => Assert.Equal(GlareWorld.Run((ulong)seed), GlareWorld.Run((ulong)seed));
}
