using System.Globalization;
using Parley.Net;
using Parley.Sctp.Tests.Links;

namespace Parley.Sctp.Tests;

public class GoodputTests
{
    // The chunks and packets of a gigabit, less what IP, UDP, DTLS and SCTP add.
    private const double Share = 0.93;

    private static readonly SctpOptions Options = new() { MaxDiscoveredPacketSize = SctpAssociation.LargestPacket, MaxRetransmissions = 1000 };

    private static bool IsLong => Environment.GetEnvironmentVariable("PARLEY_LONG") == "1";

    [Theory]
    [InlineData(20, 0)]
    [InlineData(100, 0)]
    [InlineData(300, 0)]
    [InlineData(20, 0.001)]
    [InlineData(100, 0.001)]
    [InlineData(300, 0.001)]
    [InlineData(20, 0.01)]
    [InlineData(100, 0.01)]
    [InlineData(300, 0.01)]
    public void OneFlow_FillsTheLinkAndUnderLossIsNoSlowerThanCubic(int roundTripMs, double loss)
    {
        // In a long run the whole gigabit; else a tenth of it.
        var rate = IsLong ? 1_000_000_000L : 100_000_000L;
        var link = new Bottleneck(1) { Rate = rate, RoundTrip = TimeSpan.FromMilliseconds(roundTripMs), Loss = loss };
        var flow = link.Add(1, Options);
        link.RunFor(TimeSpan.FromSeconds(10));
        var before = flow.Received;
        var duration = TimeSpan.FromSeconds(loss > 0 ? 30 : 10);
        link.RunFor(duration);
        var reached = 8 * (flow.Received - before) / duration.TotalSeconds;
        var expected = Math.Min(0.9 * Share * rate, loss > 0 ? 0.9 * Cubic(roundTripMs / 1000.0, loss) : double.MaxValue);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{roundTripMs} ms, loss {loss:P1}: {reached / 1e6:F1} Mbit/s, {reached / Math.Min(Share * rate, loss > 0 ? Cubic(roundTripMs / 1000.0, loss) : rate):P0} of the link or CUBIC's, window {flow.Receiver.Statistics.ReceiveBufferLimit >> 20} MiB, {link.Dropped} dropped, {flow.Sender.Statistics.Retransmissions} sent again, {flow.Sender.Statistics.RetransmissionTimeouts} timeouts"));

        Assert.True(reached > expected, $"{reached / 1e6:F1} of {expected / 1e6:F1} Mbit/s");
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    public void TwoFlows_ShareTheLinkEvenly(int roundTripMs)
    {
        var link = new Bottleneck(1) { Rate = 50_000_000, RoundTrip = TimeSpan.FromMilliseconds(roundTripMs) };
        var first = link.Add(1, Options);
        link.RunFor(TimeSpan.FromSeconds(7));
        var second = link.Add(2, Options);
        link.RunFor(TimeSpan.FromSeconds(60));
        var (before, beforeSecond) = (first.Received, second.Received);
        link.RunFor(TimeSpan.FromSeconds(120));
        var (one, other) = ((double)(first.Received - before), (double)(second.Received - beforeSecond));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{roundTripMs} ms: {one / (one + other):P1} and {other / (one + other):P1}"));

        Assert.InRange(one / other, 0.8, 1.25);
        Assert.True(8 * (one + other) / 120 > 0.85 * 50e6);
    }

    [Fact]
    public void CubicAndReno_ShareAShortPathEvenly()
    {
        // RFC 9438 §4.3: where Reno would do as well, CUBIC takes no more than it; the flow like TCP's before CUBIC is Reno's.
        var link = new Bottleneck(1) { Rate = 20_000_000, RoundTrip = TimeSpan.FromMilliseconds(20) };
        var cubic = link.Add(1, Options);
        var reno = link.Add(2, Options with { CongestionController = size => new RenoController(size) });
        link.RunFor(TimeSpan.FromSeconds(30));
        var (before, beforeReno) = (cubic.Received, reno.Received);
        link.RunFor(TimeSpan.FromSeconds(120));
        var ratio = (cubic.Received - before) / (double)(reno.Received - beforeReno);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CUBIC to Reno {ratio:F2}"));

        Assert.InRange(ratio, 0.66, 1.5);
    }

    // RFC 9438 §5.1, figure 5, and §4.3 with RFC 3448's square root for the Reno-friendly region: bits per second.
    private static double Cubic(double roundTrip, double loss)
    {
        const int segment = 1432 - 12 - 20;
        var window = Math.Max(1.054 * Math.Pow(roundTrip / loss, 0.75), Math.Sqrt(1.5 / loss));
        return 8 * segment * window / roundTrip;
    }
}
