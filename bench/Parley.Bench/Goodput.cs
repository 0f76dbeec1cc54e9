using System.Globalization;
using Parley.Sctp.Tests.Links;

namespace Parley.Bench;

/// <summary>What <c>bench/goodput</c> plots: goodput and fairness on simulated links, on virtual time, a line each.</summary>
internal static class Goodput
{
    private static readonly (string First, string Second)[] Pairs =
        [("cubic", "cubic"), ("bbr", "bbr"), ("cubic", "tcp-cubic"), ("bbr", "tcp-cubic"), ("tcp-cubic", "bbr"), ("bbr", "cubic"), ("tcp-cubic", "tcp-cubic")];

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
                    var reached = Contest.Goodput(sender, 1_000_000_000, roundTrip, loss, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(sender == "bbr" || loss == 0 ? 10 : 30));
                    Write($"goodput,{sender},{roundTrip},{loss},{reached / 1e6:F2},{TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F1}");
                }
            }
        }
    }

    private static void WriteFairness(string[] senders)
    {
        foreach (var (first, second) in Pairs.Where(pair => senders.Contains(pair.First) && senders.Contains(pair.Second)))
        {
            foreach (var roundTrip in new[] { 20, 100 })
            {
                foreach (var queue in new[] { 1.0, 2.0 })
                {
                    var (one, other) = Contest.Share(first, second, 50_000_000, roundTrip, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120), queue);
                    Write($"fairness,{first},{second},{roundTrip},{queue},{one / 1e6:F2},{other / 1e6:F2}");
                }
            }
        }
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
