using Parley.Net;

namespace Parley.Sctp.Tests.Links;

/// <summary>What a flow, or two that share a link, reach on it.</summary>
internal static class Contest
{
    /// <summary>Names of what may send: the controllers of an association, and TCP with CUBIC.</summary>
    public static readonly string[] Senders = ["cubic", "bbr", "tcp-cubic"];

    private static readonly SctpOptions Options =
        new() { MaxDiscoveredPacketSize = SctpAssociation.LargestPacket, MaxRetransmissions = 1000 };

    /// <summary>User bits per second of one flow alone, after a time to find its rate.</summary>
    public static double Goodput(string sender, long rate, int roundTripMs, double loss, TimeSpan warmUp, TimeSpan duration, ulong seed = 1)
    {
        var link = new Bottleneck(seed) { Rate = rate, RoundTrip = TimeSpan.FromMilliseconds(roundTripMs), Loss = loss };
        var flow = Add(link, sender, seed);
        link.RunFor(warmUp);
        var before = flow.Received;
        link.RunFor(duration);
        return 8 * (flow.Received - before) / duration.TotalSeconds;
    }

    /// <summary>
    /// User bits per second of two flows that share a link whose queue holds a round trip's worth, or as many of them as is said; the
    /// second begins some seconds after the first.
    /// </summary>
    public static (double First, double Second) Share(
        string first, string second, long rate, int roundTripMs, TimeSpan warmUp, TimeSpan duration, double queue = 1, ulong seed = 1)
    {
        var link = new Bottleneck(seed)
        {
            Rate = rate,
            RoundTrip = TimeSpan.FromMilliseconds(roundTripMs),
            Queue = (long)(queue * rate / 8 * roundTripMs / 1000),
        };
        var one = Add(link, first, 2 * seed);
        link.RunFor(TimeSpan.FromSeconds(7));
        var other = Add(link, second, 2 * seed + 1);
        link.RunFor(warmUp);
        var (before, beforeOther) = (one.Received, other.Received);
        link.RunFor(duration);
        return (8 * (one.Received - before) / duration.TotalSeconds, 8 * (other.Received - beforeOther) / duration.TotalSeconds);
    }

    public static SctpOptions OptionsOf(string sender) =>
        Options with
        {
            CongestionControl = sender == "bbr" ? CongestionControl.Bbr
                : sender == "reno" ? CongestionControl.Reno
                : CongestionControl.Cubic,
        };

    private static BottleneckFlow Add(Bottleneck link, string sender, ulong seed) =>
        sender == "tcp-cubic" ? link.Add(new TcpCubicFlow()) : link.Add(seed, OptionsOf(sender));
}
