using System.Globalization;
using Parley.Sctp.Tests.Links;

namespace Parley.Bench;

/// <summary>What <c>bench/goodput</c> plots: goodput and fairness on simulated links, on virtual time, a line each.</summary>
internal static class Goodput
{
    private static readonly (string First, string Second)[] Pairs =
        [
            ("cubic", "cubic"), ("bbr", "bbr"), ("cubic", "tcp-cubic"), ("bbr", "tcp-cubic"), ("tcp-cubic", "bbr"), ("bbr", "cubic"),
            ("tcp-cubic", "tcp-cubic"),
        ];

    private static readonly int[] RoundTrips = [20, 100, 300];

    /// <param name="what">Contains "goodput", "fairness" or both; and names of senders, if not all are to send.</param>
    public static void Run(string[] what)
    {
        var wanted = Contest.Senders.Where(what.Contains).ToArray() is { Length: > 0 } some ? some : Contest.Senders;
        if (what.Contains("goodput"))
        {
            WriteGoodput(wanted);
        }

        if (what.Contains("fairness"))
        {
            WriteFairness(wanted);
        }
    }

    private static void WriteGoodput(string[] senders)
    {
        foreach (var roundTrip in RoundTrips)
        {
            foreach (var loss in new[] { 0, 0.001, 0.01 })
            {
                foreach (var sender in senders)
                {
                    var begun = TimeProvider.System.GetTimestamp();
                    var reached = sender == "bbr" || loss == 0
                        ? Contest.Goodput(sender, 1_000_000_000, roundTrip, loss, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10))
                        : MeanUnderLoss(sender, roundTrip, loss);
                    var took = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
                    Write($"goodput,{sender},{roundTrip},{loss},{reached / 1e6:F2},{took:F1}");
                }
            }
        }
    }

    /// <summary>
    /// What one loss more or less does to a flow that loss bounds is a tenth of its rate: only the mean of many tells two such flows apart.
    /// </summary>
    private static double MeanUnderLoss(string sender, int roundTrip, double loss)
    {
        const ulong Seeds = 16;
        double sum = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            sum += Contest.Goodput(sender, 1_000_000_000, roundTrip, loss, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(120), seed);
        }

        return sum / Seeds;
    }

    private static void WriteFairness(string[] senders)
    {
        foreach (var (first, second) in Pairs.Where(pair => senders.Contains(pair.First) && senders.Contains(pair.Second)))
        {
            foreach (var roundTrip in new[] { 20, 100 })
            {
                foreach (var queue in new[] { 1.0, 2.0 })
                {
                    var (one, other) = Contest.Share(
                        first, second, 50_000_000, roundTrip, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120), queue);
                    Write($"fairness,{first},{second},{roundTrip},{queue},{one / 1e6:F2},{other / 1e6:F2}");
                }
            }
        }
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
