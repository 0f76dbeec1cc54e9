using System.Collections.Concurrent;
using System.Globalization;

namespace Parley.Tests.Glare;

public class GlareTests
{
    /// <summary>1,000 seeds; 10,000 with PARLEY_LONG=1; one with PARLEY_SEED.</summary>
    [Fact]
    public void Glare_BothSidesChangeTheCall_EverySeedEndsWell()
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("PARLEY_SEED"), CultureInfo.InvariantCulture, out var seed))
        {
            GlareWorld.Run(seed);
            return;
        }

        var count = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 10_000 : 1_000;
        var failures = new ConcurrentDictionary<ulong, Exception>();
        Parallel.For(1, count + 1, (number, loop) =>
        {
            try
            {
                GlareWorld.Run((ulong)number);
            }
            catch (Exception error)
            {
                failures[(ulong)number] = error;
                if (failures.Count >= 20)
                {
                    loop.Stop();
                }
            }
        });
        Assert.True(failures.IsEmpty, $"{failures.Count} seeds failed: {string.Join(", ", failures.Keys.Order())}. The first: {failures.OrderBy(pair => pair.Key).FirstOrDefault().Value?.Message}");
    }
}
