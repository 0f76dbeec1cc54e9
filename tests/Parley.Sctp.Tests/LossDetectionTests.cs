using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class LossDetectionTests
{
    private static readonly StreamId Stream = new(1);

    [Fact]
    public void EndOfAFlightLost_IsRepairedByAProbeLongBeforeTheTimer()
    {
        var pair = Warm();
        var count = 0;
        pair.Filter = (from, packet) => from != pair.A || !Chunks.Has(packet, ChunkType.Data) || ++count is not (17 or 18);
        var begin = pair.Now;
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[20_000], default, pair.Now);
        Assert.True(pair.RunUntil(() => pair.B.Messages.Any(), TimeSpan.FromSeconds(5)));

        // 2 × 20 ms and the delay of a SACK until the probe; a round trip for it, and half of one for what it shows to be lost.
        Assert.InRange((pair.Now - begin).TotalMilliseconds, 60, 160);
        Assert.Equal(0, pair.A.Association.Statistics.RetransmissionTimeouts);
    }

    [Fact]
    public void ProbeForNothing_LeavesTheWindowAlone()
    {
        var pair = Warm();
        var before = pair.A.Association.Statistics.CongestionWindow;
        var silent = true;
        pair.Filter = (from, packet) => from != pair.B || !silent;
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[5_000], default, pair.Now);
        pair.RunFor(TimeSpan.FromMilliseconds(82));
        silent = false;
        pair.RunFor(TimeSpan.FromMilliseconds(200));

        Assert.Equal(1, pair.A.Association.Statistics.Retransmissions);
        Assert.Equal(0, pair.A.Association.Statistics.RetransmissionTimeouts);
        Assert.InRange(pair.A.Association.Statistics.CongestionWindow, before, long.MaxValue);
    }

    [Fact]
    public void PathThatReorders_CostsFewSpuriousRetransmissionsOnceItIsKnown()
    {
        var pair = Warm(TimeSpan.FromMilliseconds(40));
        pair.Jitter = TimeSpan.FromMilliseconds(8);
        for (var index = 0; index < 40; index++)
        {
            pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[100_000], default, pair.Now);
        }

        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() == 40));
        var statistics = pair.A.Association.Statistics;
        Assert.InRange(statistics.Retransmissions, 0, statistics.PacketsSent / 50);
    }

    [Fact]
    public void OnePacketOvertakenByOne_IsSentAgainWhenTheReorderingWindowHasPassed()
    {
        var pair = Warm();
        var count = 0;
        pair.Filter = (from, packet) => from != pair.A || !Chunks.Has(packet, ChunkType.Data) || ++count != 2;
        var begin = pair.Now;
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[3_000], default, pair.Now);
        Assert.True(pair.RunUntil(() => pair.B.Messages.Any(), TimeSpan.FromSeconds(5)));

        // A round trip, a quarter of one, and half of one.
        Assert.InRange((pair.Now - begin).TotalMilliseconds, 30, 50);
    }

    private static Pair Warm(TimeSpan? delay = null)
    {
        var pair = Pair.Connected();
        pair.Delay = delay ?? pair.Delay;
        pair.RunFor(TimeSpan.FromSeconds(delay is null ? 0 : 60));
        for (var index = 0; index < 20; index++)
        {
            pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[10_000], default, pair.Now);
            pair.RunFor(TimeSpan.FromMilliseconds(100));
        }

        pair.B.Events.Clear();
        return pair;
    }
}
