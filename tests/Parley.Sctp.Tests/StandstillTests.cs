using Parley.Net;

namespace Parley.Sctp.Tests;

/// <summary>
/// Two ends of many shapes, on paths that lose whole seconds, with readers that stop: once the weather clears, all that was sent on
/// reliable streams arrives, whole and in order, and of the others nothing twice, nothing but what was sent, and nothing that waits for
/// ever.
/// </summary>
public class StandstillTests
{
    private const int StreamCount = 20;

    private static int Seeds => Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 5_000 : 60;

    [Fact]
    public void WhateverTheWeatherWas_EverythingArrivesOnceItIsFair()
    {
        var (timeouts, retransmissions) = (0L, 0L);
        for (ulong seed = 1; seed <= (ulong)Seeds; seed++)
        {
            var statistics = Run(seed);
            timeouts += statistics.RetransmissionTimeouts;
            retransmissions += statistics.Retransmissions;
        }

        // What did not happen proves nothing.
        Assert.True(timeouts > Seeds && retransmissions > 20 * Seeds, $"{timeouts} timeouts, {retransmissions} retransmissions");
    }

    private static SctpStatistics Run(ulong seed)
    {
        var random = RandomSource.Seeded(seed);
        var pair = Pair.Connected(seed, Options(random), Options(random));
        pair.Delay = TimeSpan.FromMilliseconds(1 + random.Next(100));
        var sent = new[] { new List<byte[]>[StreamCount], new List<byte[]>[StreamCount] };
        for (var round = 0; round < 12; round++)
        {
            pair.Jitter = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(random.Next(30));
            pair.Duplication = random.Next(3) == 0 ? 0.1 : 0;
            pair.Loss = random.Next(5) switch { 0 => 1, 1 => 0.5, 2 => 0.1, 3 => 0.01, _ => 0 };
            pair.A.Association.ReceivePaused = random.Next(4) == 0;
            pair.B.Association.ReceivePaused = random.Next(4) == 0;
            Send(pair.A, sent[0]);
            Send(pair.B, sent[1]);
            pair.RunFor(TimeSpan.FromMilliseconds(20 + random.Next(random.Next(2) == 0 ? 200 : 3000)));
        }

        (pair.Loss, pair.Duplication, pair.Jitter) = (0, 0, TimeSpan.Zero);
        pair.A.Association.ReceivePaused = pair.B.Association.ReceivePaused = false;
        Assert.True(
            pair.RunUntil(() => IsComplete(pair.A, pair.B, sent[0]) && IsComplete(pair.B, pair.A, sent[1]), TimeSpan.FromMinutes(2)),
            $"seed {seed}: {pair.B.Messages.Count()} of {sent[0].Sum(list => list?.Count)} and {pair.A.Messages.Count()} "
            + $"of {sent[1].Sum(list => list?.Count)} came;\n{pair.A.Association.Statistics}\n{pair.B.Association.Statistics}");
        Compare(pair.B, sent[0], seed);
        Compare(pair.A, sent[1], seed);
        return pair.A.Association.Statistics;

        void Send(Pair.Side from, List<byte[]>[] kept)
        {
            for (var count = random.Next(random.Next(3) == 0 ? 60 : 6); count > 0; count--)
            {
                var stream = random.Next(StreamCount);
                var message = new byte[4 + random.Next(random.Next(3) == 0 ? 60_000 : 3_000)];
                random.Fill(message);
                if (from.Association.Send(
                    new StreamId((ushort)stream), PayloadProtocolId.Binary, message, OptionsOf(stream), pair.Now) == SctpSendStatus.Queued)
                {
                    (kept[stream] ??= []).Add(message);
                }
            }
        }
    }

    // Endless patience: that the path is dead for a while is not to end the association.
    private static SctpOptions Options(RandomSource random) => new()
    {
        MaxRetransmissions = 1000,
        MaxMessageSize = 64 * 1024,
        Interleaving = random.Next(3) != 0,
        InitialReceiveWindow = 1 << random.Next(21),
        ReceiveBufferSize = 1 << (17 + random.Next(8)),
        MaxDiscoveredPacketSize = random.Next(2) == 0 ? 0 : SctpAssociation.LargestPacket,
        CongestionControl = (CongestionControl)random.Next(3),
        Scheduler = (StreamScheduler)random.Next(2),
        MaxBurst = 1 + random.Next(20),
        SendBufferSize = 1 << (20 + random.Next(6)),
    };

    private static bool IsUnordered(int stream) => stream % 4 == 3;

    private static bool IsReliable(int stream) => stream % 5 != 4;

    private static SctpSendOptions OptionsOf(int stream) => new()
    {
        Unordered = IsUnordered(stream),
        MaxRetransmits = IsReliable(stream) || stream > 9 ? null : (ushort)(stream % 2),
        Lifetime = IsReliable(stream) || stream < 10 ? null : TimeSpan.FromMilliseconds(100 * stream),
    };

    private static bool IsComplete(Pair.Side from, Pair.Side to, List<byte[]>[] sent) =>
        from.Association is { TotalBufferedAmount: 0, Statistics.BytesInFlight: 0 }
        && to.Messages.Count(told => IsReliable(told.Stream.Value)) == sent.Where((_, stream) => IsReliable(stream)).Sum(list =>
            list?.Count ?? 0);

    private static void Compare(Pair.Side side, List<byte[]>[] sent, ulong seed)
    {
        foreach (var stream in side.Messages.GroupBy(told => (int)told.Stream.Value))
        {
            var came = stream.Select(told => Convert.ToHexString(told.Payload)).ToList();
            var expected = sent[stream.Key].Select(Convert.ToHexString).ToList();
            if (IsUnordered(stream.Key))
            {
                came.Sort();
                expected.Sort();
            }

            if (!IsReliable(stream.Key))
            {
                // Of those sent, those that came, each once and in their order.
                var left = new HashSet<string>(came);
                expected.RemoveAll(message => !left.Remove(message));
            }

            Assert.True(came.SequenceEqual(expected), $"seed {seed}: stream {stream.Key}");
        }
    }
}
