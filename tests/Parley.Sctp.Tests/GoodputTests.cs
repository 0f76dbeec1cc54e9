using System.Globalization;
using Parley.Sctp.Tests.Links;

namespace Parley.Sctp.Tests;

public class GoodputTests
{
    // The chunks and packets of a gigabit, less what IP, UDP, DTLS and SCTP add; and how much that is of what TCP's leave.
    private const double Share = 0.93;
    private const double ShareOfTcp = Share / (1448.0 / 1500);

    private static bool IsLong => Environment.GetEnvironmentVariable("PARLEY_LONG") == "1";

    // In a long run the whole gigabit; else a tenth of it.
    private static long Rate => IsLong ? 1_000_000_000L : 100_000_000L;

    [Theory]
    [InlineData("cubic", 20)]
    [InlineData("cubic", 100)]
    [InlineData("cubic", 300)]
    [InlineData("bbr", 20)]
    [InlineData("bbr", 100)]
    [InlineData("bbr", 300)]
    public void OneFlow_WithoutLoss_FillsTheLink(string sender, int roundTripMs)
    {
        var reached = Contest.Goodput(sender, Rate, roundTripMs, 0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));

        Tell($"{sender}, {roundTripMs} ms: {reached / 1e6:F1} Mbit/s");
        Assert.True(reached > 0.9 * Rate, $"{reached / 1e6:F1} Mbit/s");
    }

    [Theory]
    [InlineData(20, 0.001)]
    [InlineData(100, 0.001)]
    [InlineData(300, 0.001)]
    [InlineData(20, 0.01)]
    [InlineData(100, 0.01)]
    [InlineData(300, 0.01)]
    public void Cubic_UnderLoss_IsNoSlowerThanTcpCubic(int roundTripMs, double loss)
    {
        double reached = 0;
        double tcp = 0;
        for (ulong seed = 1; seed <= 4; seed++)
        {
            reached += Contest.Goodput("cubic", Rate, roundTripMs, loss, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60), seed) / 4;
            tcp += Contest.Goodput("tcp-cubic", Rate, roundTripMs, loss, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60), seed) / 4;
        }

        var (bytes, packets) = (reached / tcp, reached / tcp / ShareOfTcp);
        Tell($"{roundTripMs} ms, loss {loss:P1}: {reached / 1e6:F2} Mbit/s, TCP {tcp / 1e6:F2}: bytes {bytes:F2}, packets {packets:F2}");
        Assert.True(reached > 0.9 * ShareOfTcp * tcp, $"{reached / 1e6:F2} of TCP's {tcp / 1e6:F2} Mbit/s");
    }

    [Theory]
    [InlineData(20, 0.001, 0.8)]
    [InlineData(100, 0.001, 0.8)]
    [InlineData(300, 0.001, 0.8)]
    [InlineData(20, 0.01, 0.5)]
    [InlineData(100, 0.01, 0.5)]
    [InlineData(300, 0.01, 0.5)]
    public void Bbr_UnderLoss_KeepsMostOfTheLink(int roundTripMs, double loss, double least)
    {
        // 65,535 TSNs (RFC 9260 §3.3.4), of which a packet of Ethernet's size takes two, last for two round trips of 300 ms at 600 Mbit/s.
        least = IsLong && roundTripMs == 300 ? least * 0.6 : least;
        var reached = Contest.Goodput("bbr", Rate, roundTripMs, loss, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));

        Tell($"{roundTripMs} ms, loss {loss:P1}: {reached / 1e6:F1} Mbit/s");
        Assert.True(reached > least * Rate, $"{reached / 1e6:F1} Mbit/s");
    }

    [Theory]
    [InlineData("cubic", "cubic", 20)]
    [InlineData("cubic", "cubic", 100)]
    [InlineData("cubic", "tcp-cubic", 20)]
    [InlineData("cubic", "tcp-cubic", 100)]
    [InlineData("bbr", "bbr", 20)]
    [InlineData("bbr", "bbr", 100)]
    [InlineData("bbr", "tcp-cubic", 20)]
    public void TwoFlows_ShareTheLinkEvenly(string first, string second, int roundTripMs)
    {
        var seeds = IsLong ? 6UL : 1;
        var (one, other) = (0.0, 0.0);
        for (ulong seed = 1; seed <= seeds; seed++)
        {
            var (mine, its) = Contest.Share(
                first, second, 50_000_000, roundTripMs, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(80), seed: seed);
            (one, other) = (one + mine / seeds, other + its / seeds);
        }

        // TCP's headers are shorter: in bytes of data its half is larger.
        var half = (one + other) / 2;
        Tell($"{first} and {second}, {roundTripMs} ms: {one / half:P1} and {other / half:P1} of the half");
        Assert.InRange(one / half, 0.8, 1.2);
        Assert.True(one + other > 0.85 * 50e6);
    }

    [Fact]
    public void CubicAndReno_ShareAShortPathEvenly()
    {
        // RFC 9438 §4.3: where Reno would do as well, CUBIC takes no more than it; the flow like TCP's before CUBIC is Reno's.
        var (cubic, reno) = Contest.Share("cubic", "reno", 20_000_000, 20, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(120));

        Tell($"CUBIC to Reno {cubic / reno:F2}");
        Assert.InRange(cubic / reno, 0.66, 1.5);
    }

    [Fact]
    public void Bbr_Alone_LeavesTheQueueShort()
    {
        var link = new Bottleneck(1) { Rate = 50_000_000, RoundTrip = TimeSpan.FromMilliseconds(40) };
        var flow = link.Add(1, Contest.OptionsOf("bbr"));
        link.RunFor(TimeSpan.FromSeconds(10));
        var dropped = link.Dropped;
        var total = TimeSpan.Zero;
        for (var second = 0; second < 20; second++)
        {
            link.RunFor(TimeSpan.FromSeconds(1));
            total += flow.Sender.Statistics.SmoothedRoundTrip!.Value;
        }

        Tell($"{(total / 20).TotalMilliseconds:F1} ms");
        Assert.InRange((total / 20).TotalMilliseconds, 40, 50);
        Assert.Equal(dropped, link.Dropped);
    }

    private static void Tell(FormattableString line) =>
        TestContext.Current.TestOutputHelper!.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
