using Parley.Net;

namespace Parley.Sctp.Tests;

public class CubicControllerTests
{
    private const int Packet = 1160;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Loss_TakesThreeTenthsAndTheCubeRootOfItBringsThemBack()
    {
        var controller = new CubicController(Packet);
        var now = Instant.FromNanoseconds(0);
        GrowTo(controller, 1000L * Packet, ref now);
        var before = controller.Window;
        controller.OnLoss(before, now);
        Assert.InRange(controller.Window, 0.699 * before, 0.701 * before);

        // RFC 9438 §4.2: K = cbrt((W_max - cwnd_epoch) / C), in seconds, windows in packets.
        var k = TimeSpan.FromSeconds(Math.Cbrt(0.3 * before / Packet / 0.4));
        var begin = now;
        while (now - begin < k * 0.8)
        {
            Round(controller, ref now);
        }

        Assert.InRange(controller.Window, 0.95 * before, before);
        while (now - begin < k * 1.3)
        {
            Round(controller, ref now);
        }

        Assert.InRange(controller.Window, before, 1.1 * before);
    }

    [Fact]
    public void SecondLossBelowTheFirst_GivesWayToOthers()
    {
        var controller = new CubicController(Packet);
        var now = Instant.FromNanoseconds(0);
        GrowTo(controller, 1000L * Packet, ref now);
        controller.OnLoss(controller.Window, now);
        var second = controller.Window;
        controller.OnLoss(second, now);
        var begin = now;

        // RFC 9438 §4.7: W_max becomes cwnd · (1 + β) / 2.
        var plateau = second * 1.7 / 2;
        var k = TimeSpan.FromSeconds(Math.Cbrt((plateau - 0.7 * second) / Packet / 0.4));
        while (now - begin < k)
        {
            Round(controller, ref now);
        }

        Assert.InRange(controller.Window, 0.97 * plateau, 1.03 * plateau);
    }

    [Fact]
    public void SmallWindow_GrowsNoSlowerThanReno()
    {
        var controller = new CubicController(Packet);
        var now = Instant.FromNanoseconds(0);
        GrowTo(controller, 30L * Packet, ref now);
        controller.OnLoss(controller.Window, now);
        var before = controller.Window;
        for (var round = 0; round < 20; round++)
        {
            Round(controller, ref now, TimeSpan.FromMilliseconds(10));
        }

        // §4.3: α = 3 (1 - β) / (1 + β), about 0.53 packets each round trip.
        Assert.InRange(controller.Window - before, 9L * Packet, 13L * Packet);
    }

    [Fact]
    public void RoundTripsThatGrow_EndSlowStartWithoutLoss()
    {
        var controller = new CubicController(Packet);
        var now = Instant.FromNanoseconds(0);
        var trip = RoundTrip;
        for (var round = 0; round < 20; round++)
        {
            // The queue of the path holds what is beyond 100 packets.
            trip = RoundTrip + TimeSpan.FromMilliseconds(Math.Max(0, controller.Window / Packet - 100) * 0.5);
            Round(controller, ref now, trip);
        }

        Assert.InRange(controller.Window, 100L * Packet, 1_000L * Packet);
    }

    [Fact]
    public void Timeout_BeginsAgainWithOnePacket()
    {
        var controller = new CubicController(Packet);
        var now = Instant.FromNanoseconds(0);
        GrowTo(controller, 100L * Packet, ref now);
        controller.OnRetransmissionTimeout(controller.Window, now);
        Assert.Equal(Packet, controller.Window);
        Round(controller, ref now);
        Assert.Equal(2 * Packet, controller.Window);
    }

    private static void GrowTo(CubicController controller, long window, ref Instant now)
    {
        while (controller.Window < window)
        {
            Round(controller, ref now);
        }
    }

    /// <summary>A window is sent and acknowledged, ten times a round trip.</summary>
    private static void Round(CubicController controller, ref Instant now, TimeSpan? roundTrip = null)
    {
        var trip = roundTrip ?? RoundTrip;
        var window = controller.Window;
        controller.OnSent(new SentPacket { Bytes = (int)window, BytesInFlight = window }, now);
        for (var part = 0; part < 10; part++)
        {
            now += trip / 10;
            controller.OnAcknowledged(
                new Acknowledgement
                {
                    BytesAcknowledged = window / 10,
                    CumulativeAdvanced = true,
                    BytesInFlightBefore = window,
                    WindowLimited = true,
                    LatestRoundTrip = trip,
                },
                now);
        }
    }
}
