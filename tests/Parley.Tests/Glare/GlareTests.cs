using System.Collections.Concurrent;
using System.Globalization;
using Parley.Tests.Transport;

namespace Parley.Tests.Glare;

/// <summary>Alone in the process: what other tests leave unobserved would be taken for what these do.</summary>
[Collection(nameof(WholeProcess))]
public class GlareTests
{
    private const int MostFailures = 20;

    /// <summary>1,000 seeds, or 100,000 with PARLEY_LONG=1; PARLEY_SEED=n runs that one alone, PARLEY_SEED=n-m those from n to m.</summary>
    [Fact]
    public void Glare_AllChangeTheirCalls_EverySeedEndsWell()
    {
        var (first, last) = Range();
        var failures = new ConcurrentDictionary<int, string>();
        var unobserved = new ConcurrentQueue<string>();
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved.Enqueue(args.Exception.ToString());

        CollectGarbage();
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        Parallel.For(first, last + 1, (seed, loop) =>
        {
            try
            {
                GlareWorld.Run((ulong)seed);
            }
            catch (Exception error)
            {
                failures[seed] = error.Message;
                if (failures.Count >= MostFailures)
                {
                    loop.Stop();
                }
            }
        });
        CollectGarbage();
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        Assert.True(failures.IsEmpty, Describe(failures));
        Assert.Empty(unobserved);
    }

    /// <summary>
    /// Seeds that failed once: in 16 and 117 the states forgot a closed SCTP transport, in 19 and 127 a track stayed unmuted of which
    /// nothing was to come, in 46 and 65 an ended track did not mute, in 793 and 4078 a channel took the id of one that was still closing,
    /// in 3943 and 13628 an id was used again whose channel was still closing at the peer, in 7606 a channel got its id from a transport
    /// that was replaced before the answer, in 13090 a track was not muted, in 15275 the simulation itself broke.
    /// </summary>
    [Theory]
    [InlineData(16)]
    [InlineData(117)]
    [InlineData(19)]
    [InlineData(127)]
    [InlineData(46)]
    [InlineData(65)]
    [InlineData(793)]
    [InlineData(4078)]
    [InlineData(3943)]
    [InlineData(13628)]
    [InlineData(7606)]
    [InlineData(13090)]
    [InlineData(15275)]
    [InlineData(37707)]
    [InlineData(71869)]
    [InlineData(88232)]
    [InlineData(90851)]
    public void Glare_SeedThatFailedOnce_EndsWell(int seed) => GlareWorld.Run((ulong)seed);

    /// <summary>Equal seeds give equal worlds: only so can a failure be repeated.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Glare_SameSeedTwice_SendsTheSameDatagrams(int seed) =>
        Assert.Equal(GlareWorld.Run((ulong)seed), GlareWorld.Run((ulong)seed));

    private static (int First, int Last) Range()
    {
        if (Environment.GetEnvironmentVariable("PARLEY_SEED") is { Length: > 0 } seeds)
        {
            int[] ends = [.. seeds.Split('-').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
            return (ends[0], ends[^1]);
        }

        return (1, Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 100_000 : 1_000);
    }

    private static string Describe(IEnumerable<KeyValuePair<int, string>> failures)
    {
        string[] messages = [.. failures.OrderBy(pair => pair.Key).Select(pair => pair.Value)];
        return $"{messages.Length} seeds failed.\n{string.Join('\n', messages.Select(message => message.Split('\n')[0]))}\n"
            + $"The first: {messages.FirstOrDefault()}";
    }

    private static void CollectGarbage()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
