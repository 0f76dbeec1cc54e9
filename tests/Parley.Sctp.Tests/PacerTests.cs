using Parley.Net;

namespace Parley.Sctp.Tests;

public class PacerTests
{
    private const double Rate = 1_000_000;
    private const long Quantum = 4_000;
    private const int Packet = 1_000;

    [Fact]
    public void Rate_IsKeptInBurstsOfAQuantum()
    {
        var pacer = default(Pacer);
        var now = Instant.FromNanoseconds(1_000_000_000);
        var sent = 0;
        for (var turn = 0; turn < 1000; turn++)
        {
            var burst = 0;
            while (pacer.MaySend(Rate, Quantum, now))
            {
                pacer.Release();
                pacer.OnSent(Packet, Rate, now);
                burst += Packet;
            }

            pacer.Hold();
            sent += burst;
            Assert.InRange(burst, 0, Quantum + 2 * Packet);
            now = pacer.Due!.Value;
        }

        Assert.InRange(sent / (now.Nanoseconds / 1e9 - 1), 0.99 * Rate, 1.01 * Rate);
    }

    [Fact]
    public void Wake_IsLateByLittle_IsMadeUpForAndByMuchIsNot()
    {
        Assert.InRange(SentWhenLateBy(TimeSpan.FromMilliseconds(1)), 5 * Packet, 7 * Packet);
        Assert.InRange(SentWhenLateBy(TimeSpan.FromSeconds(1)), 6 * Packet, 8 * Packet);
    }

    [Fact]
    public void NoRate_HoldsNothing()
    {
        var pacer = default(Pacer);
        var now = Instant.FromNanoseconds(1);
        for (var count = 0; count < 1000; count++)
        {
            Assert.True(pacer.MaySend(null, 0, now));
            pacer.OnSent(Packet, null, now);
        }

        Assert.Null(pacer.Due);
    }

    private static int SentWhenLateBy(TimeSpan late)
    {
        var pacer = default(Pacer);
        var now = Instant.FromNanoseconds(1_000_000_000);
        pacer.OnSent(Packet, Rate, now);
        now += TimeSpan.FromMilliseconds(1) + late;
        var sent = 0;
        while (pacer.MaySend(Rate, Quantum, now))
        {
            pacer.OnSent(Packet, Rate, now);
            sent += Packet;
        }

        return sent;
    }
}
