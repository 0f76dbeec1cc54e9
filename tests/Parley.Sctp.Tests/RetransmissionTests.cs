using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class RetransmissionTests
{
    private static readonly StreamId Stream = new(1);

    [Fact]
    public void OnePacketOfManyLost_IsSentAgainBeforeTheTimer()
    {
        var pair = Pair.Connected();
        Warm(pair);
        var count = 0;
        pair.Filter = (from, packet) => from != pair.A || !Chunks.Has(packet, ChunkType.Data) || ++count != 3;
        var begin = pair.Now;
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[20_000], default, pair.Now);
        pair.RunUntil(() => pair.B.Messages.Any());

        Assert.InRange((pair.Now - begin).TotalMilliseconds, 30, 60);
        Assert.Equal(1, pair.A.Association.Statistics.Retransmissions);
        Assert.Equal(0, pair.A.Association.Statistics.RetransmissionTimeouts);
    }

    [Fact]
    public void TheRetransmissionLostToo_IsSentAgainBeforeTheTimer()
    {
        var pair = Pair.Connected();
        Warm(pair);
        var victim = 0u;
        var drops = 0;
        var count = 0;
        pair.Filter = (from, packet) =>
        {
            if (from != pair.A || Chunks.TsnsOf(packet) is not { Count: > 0 } tsns)
            {
                return true;
            }

            victim = ++count == 3 ? tsns[0] : victim;
            return !(count >= 3 && tsns.Contains(victim) && drops++ < 2);
        };
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[100_000], default, pair.Now);
        pair.RunUntil(() => pair.B.Messages.Any());

        Assert.Equal(3, drops);
        Assert.Equal(0, pair.A.Association.Statistics.RetransmissionTimeouts);
    }

    [Fact]
    public void LonePacketLost_IsProbedForAndThenSentAgainByTheTimerWhichDoubles()
    {
        var pair = Pair.Connected();
        Warm(pair);
        var times = new List<Instant>();
        pair.Filter = (from, packet) =>
        {
            if (from == pair.A && Chunks.Has(packet, ChunkType.Data))
            {
                times.Add(pair.Now);
                return times.Count > 4;
            }

            return true;
        };
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, [1], default, pair.Now);
        pair.RunUntil(() => pair.B.Messages.Any());

        var gaps = times.Zip(times.Skip(1), (earlier, later) => (later - earlier).TotalMilliseconds).ToArray();
        Assert.Equal(4, gaps.Length);
        Assert.InRange(gaps[0], 220, 300);
        for (var index = 2; index < gaps.Length; index++)
        {
            Assert.Equal(2, gaps[index] / gaps[index - 1], 2);
        }
    }

    /// <summary>
    /// RFC 9260 §6.3.3-E3: "Determine how many of the earliest (i.e., lowest TSN) outstanding DATA chunks … will fit into a single packet".
    /// </summary>
    [Fact]
    public void EachTimeout_RepeatsTheEarliestChunk()
    {
        var pair = Pair.Connected();
        Warm(pair);
        var sent = new List<(Instant At, uint First)>();
        pair.Filter = (from, packet) =>
        {
            if (from == pair.A && Chunks.TsnsOf(packet) is [var first, ..])
            {
                sent.Add((pair.Now, first));
            }

            return from != pair.A;
        };
        var begin = pair.Now;
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[10_000], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(8));

        // The first second is the flight's, the tail loss probe's, which is the last chunk, and the first timeout's.
        var earliest = sent[0].First;
        var repeated = sent.Where(packet => packet.At - begin > TimeSpan.FromSeconds(1)).Select(packet => packet.First).ToArray();
        Assert.InRange(repeated.Length, 3, 6);
        Assert.All(repeated, first => Assert.Equal(earliest, first));

        pair.Filter = null;
        Assert.True(pair.RunUntil(() => pair.B.Messages.Any(), TimeSpan.FromSeconds(10)));
    }

    /// <summary>
    /// What fills a gap needs no room beyond what was offered for it: a closed window holds back what is new only (RFC 9260 §6.2).
    /// </summary>
    [Fact]
    public void Gap_BehindAClosedWindow_IsFilledAsFastAsTheCongestionWindowAllows()
    {
        var pair = Pair.Connected(1, Pair.Plain with { MaxBurst = 100 });
        Warm(pair);
        var a = pair.A.Association;
        var tag = Chunks.TagOf(pair.B.Sent[^1]);
        a.Send(Stream, PayloadProtocolId.Binary, new byte[40_000], default, pair.Now);
        var tsns = Transmitted(pair);
        Assert.InRange(tsns.Count, 25, 40);

        // The last twenty have come, the first have not, and there is no room.
        a.Receive(Chunks.Sack(tag, tsns[0] - 1, 0, ((ushort)(tsns.Count - 19), (ushort)tsns.Count)), pair.Now);
        Assert.InRange(Transmitted(pair).Count, 5, 20);

        // Nothing new: the window is closed, and the gap is filled.
        a.Send(Stream, PayloadProtocolId.Binary, new byte[40_000], default, pair.Now);
        a.Receive(Chunks.Sack(tag, tsns[^1] - 1, 0), pair.Now);
        Assert.InRange(Transmitted(pair).Count, 0, 1);
    }

    [Fact]
    public void Loss_ReducesTheWindowOnceAndTimeoutClosesIt()
    {
        var pair = Pair.Connected();
        Warm(pair);
        var before = pair.A.Association.Statistics.CongestionWindow;
        var count = 0;
        pair.Filter = (from, packet) => from != pair.A || !Chunks.Has(packet, ChunkType.Data) || ++count is not (3 or 5 or 7);
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[20_000], default, pair.Now);
        pair.RunFor(TimeSpan.FromMilliseconds(50));
        Assert.InRange(pair.A.Association.Statistics.CongestionWindow, 0.69 * before, 0.71 * before);

        pair.Filter = (from, _) => from != pair.A;
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, [1], default, pair.Now);
        pair.RunFor(TimeSpan.FromMilliseconds(600));
        Assert.Equal(1160, pair.A.Association.Statistics.CongestionWindow);
    }

    [Fact]
    public void Reader_Stops_ClosesTheWindowAndResumesWhenItReads()
    {
        var options = Pair.Plain with { ReceiveBufferSize = 100_000, MaxMessageSize = 10_000 };
        var pair = Pair.Connected(1, options, options);
        pair.B.Association.ReceivePaused = true;
        for (var index = 0; index < 100; index++)
        {
            pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[10_000], default, pair.Now);
        }

        pair.RunFor(TimeSpan.FromMinutes(3));
        Assert.Equal(SctpState.Established, pair.A.Association.State);
        Assert.Empty(pair.B.Messages);
        Assert.InRange(pair.A.Association.TotalBufferedAmount, 800_000, 950_000);
        var probes = pair.A.Sent.Count;
        pair.RunFor(TimeSpan.FromMinutes(1));
        Assert.InRange(pair.A.Sent.Count - probes, 3, 15);

        pair.B.Association.ReceivePaused = false;
        var begin = pair.Now;
        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() == 100));
        Assert.InRange((pair.Now - begin).TotalSeconds, 0, 5);
    }

    [Fact]
    public void Reader_StopsUnderLoss_LosesNothing()
    {
        var options = Pair.Plain with { ReceiveBufferSize = 100_000, MaxMessageSize = 10_000, MaxRetransmissions = 1000 };
        var pair = Pair.Connected(1, options, options);
        pair.Loss = 0.2;
        for (var index = 0; index < 100; index++)
        {
            pair.A.Association.Send(
                new StreamId((ushort)(index % 5)), PayloadProtocolId.Binary, new byte[9_000 + index], default, pair.Now);
        }

        for (var turn = 0; turn < 40; turn++)
        {
            pair.B.Association.ReceivePaused = turn % 2 == 0;
            pair.RunFor(TimeSpan.FromSeconds(2));
        }

        pair.B.Association.ReceivePaused = false;
        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() == 100));
        Assert.Equal(Enumerable.Range(9000, 100), pair.B.Messages.Select(told => told.Payload.Length).Order());
    }

    [Fact]
    public void Sack_TakesAGapBlockBack_ChunksAreSentAgain()
    {
        var pair = Pair.Connected();
        Warm(pair);
        var a = pair.A.Association;
        var tag = Chunks.TagOf(pair.B.Sent[^1]);
        a.Send(Stream, PayloadProtocolId.Binary, new byte[10_000], default, pair.Now);
        var tsns = Transmitted(pair);
        Assert.Equal(9, tsns.Count);
        var base0 = tsns[0] - 1;
        a.Receive(Chunks.Sack(tag, base0, 1_000_000, (2, 3), (5, 5)), pair.Now);
        var inFlight = a.Statistics.BytesInFlight;
        a.Receive(Chunks.Sack(tag, base0, 1_000_000, (5, 5)), pair.Now);
        var again = Transmitted(pair);

        // What else was taken back follows what arrives (RFC 9937).
        a.Receive(Chunks.Sack(tag, base0 + 2, 1_000_000, (3, 3)), pair.Now);
        again.AddRange(Transmitted(pair));
        Assert.Contains(base0 + 2, again);
        Assert.Contains(base0 + 3, again);
        a.Receive(Chunks.Sack(tag, tsns[^1], 1_000_000), pair.Now);
        Assert.Equal(0, a.Statistics.BytesInFlight);
        Assert.True(inFlight > 0);
    }

    [Fact]
    public void Sack_Nonsense_ChangesNothing()
    {
        var pair = Pair.Connected();
        Warm(pair);
        var a = pair.A.Association;
        var tag = Chunks.TagOf(pair.B.Sent[^1]);
        a.Send(Stream, PayloadProtocolId.Binary, new byte[10_000], default, pair.Now);
        var first = Transmitted(pair)[0];
        var inFlight = a.Statistics.BytesInFlight;
        a.Receive(Chunks.Sack(tag, first + 1000, 1_000_000), pair.Now);
        a.Receive(Chunks.Sack(tag, first - 2, 1_000_000), pair.Now);
        a.Receive(Chunks.Sack(tag, first - 1, 1_000_000, (60_000, 65_535), (0, 0), (5, 2), (0, 3), (100, 101)), pair.Now);
        Assert.Equal(inFlight, a.Statistics.BytesInFlight);
    }

    [Fact]
    public void Ssn_Wraps_OrderHolds()
    {
        var options = new SctpOptions { InitialTsn = uint.MaxValue - 30_000 };
        var pair = Pair.Connected(1, options, options);
        pair.Delay = TimeSpan.FromMilliseconds(1);
        pair.Loss = 0.01;
        var next = 0;
        var expected = 0;
        while (expected < 70_000)
        {
            for (var count = 0; count < 500 && next < 70_000; count++, next++)
            {
                pair.A.Association.Send(Stream, PayloadProtocolId.Binary, BitConverter.GetBytes(next), default, pair.Now);
            }

            pair.RunFor(TimeSpan.FromMilliseconds(5));
            pair.A.Sent.Clear();
            pair.B.Sent.Clear();
            foreach (var message in pair.B.Messages)
            {
                Assert.Equal(expected++, BinaryPrimitives.ReadInt32LittleEndian(message.Payload));
            }

            pair.B.Events.Clear();
        }
    }

    [Fact]
    public void BatchWithAGap_IsAnsweredByASackForEachPacketAfterIt()
    {
        var pair = Pair.Connected();
        Warm(pair);
        var buffer = new byte[2000];
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[9_000], default, pair.Now);
        for (var count = 0; pair.A.Association.Transmit(buffer, pair.Now) is var length and > 0; count++)
        {
            if (count != 1)
            {
                pair.B.Association.Receive(buffer.AsSpan(0, length), pair.Now);
            }
        }

        var sacks = 0;
        while (pair.B.Association.Transmit(buffer, pair.Now) is var length and > 0)
        {
            sacks += Chunks.Has(buffer.AsSpan(0, length).ToArray(), ChunkType.Sack) ? 1 : 0;
        }

        Assert.Equal(5, sacks);
    }

    [Fact]
    public void EachSecondPacketLost_ASackTellsOfAllGaps()
    {
        var pair = Pair.Connected(1, Pair.Plain with { MaxBurst = 1000 });
        for (var index = 0; index < 20; index++)
        {
            pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[200_000], default, pair.Now);
            pair.RunUntil(() => pair.A.Association.TotalBufferedAmount == 0);
        }

        pair.RunUntil(() => pair.A.Association.Statistics.BytesInFlight == 0);
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[200_000], default, pair.Now);
        var buffer = new byte[2000];
        var most = 0;
        var packets = 0;
        while (pair.A.Association.Transmit(buffer, pair.Now) is var length and > 0)
        {
            if (packets++ % 2 == 0)
            {
                continue;
            }

            pair.B.Association.Receive(buffer.AsSpan(0, length), pair.Now);
            while (pair.B.Association.Transmit(buffer, pair.Now) is var answer and > 0)
            {
                var packet = buffer.AsSpan(0, answer).ToArray();
                most = Chunks.Has(packet, ChunkType.Sack)
                    ? Math.Max(most, BinaryPrimitives.ReadUInt16BigEndian(Chunks.ValueOf(packet, ChunkType.Sack).AsSpan(8)))
                    : most;
            }
        }

        Assert.InRange(packets, 120, 200);
        Assert.Equal(packets / 2, most);
    }

    /// <summary>A SACK without room for all gaps says nothing of what came behind its last block.</summary>
    [Fact]
    public void SackThatEndsEarly_WhatIsBehindItsLastBlockIsNotTakenForLost()
    {
        var pair = Pair.Connected(1, Pair.Plain with { MaxBurst = 1000 });
        Warm(pair);
        var a = pair.A.Association;
        var tag = Chunks.TagOf(pair.B.Sent[^1]);
        a.Send(Stream, PayloadProtocolId.Binary, new byte[64_000], default, pair.Now);
        var sent = Transmitted(pair);
        Assert.InRange(sent.Count, 55, 60);

        // Twenty blocks are as many as the least generous peer reports; then the first gap is filled, and the list ends where it ended.
        var gaps = Enumerable.Range(1, 20).Select(index => ((ushort)(2 * index), (ushort)(2 * index))).ToArray();
        a.Receive(Chunks.Sack(tag, sent[0] - 1, 1_000_000, gaps), pair.Now);
        var again = Transmitted(pair);
        pair.RunFor(TimeSpan.FromMilliseconds(100));
        a.Receive(
            Chunks.Sack(tag, sent[0] + 1, 1_000_000, [.. gaps[1..].Select(gap => ((ushort)(gap.Item1 - 2), (ushort)(gap.Item2 - 2)))]),
            pair.Now);
        a.Advance(pair.Now);
        again.AddRange(Transmitted(pair));

        Assert.Contains(sent[0], again);
        Assert.Contains(sent[2], again);
        Assert.DoesNotContain(again, tsn => tsn > sent[39] && tsn <= sent[^1]);
    }

    [Fact]
    public void IdleForLong_GivesItsMemoryBackAndStillWorks()
    {
        var pair = Pair.Connected();
        pair.Loss = 0.05;
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[200_000], default, pair.Now);
        pair.B.Association.Send(Stream, PayloadProtocolId.Binary, new byte[200_000], default, pair.Now);
        pair.RunFor(TimeSpan.FromMinutes(5));
        Assert.Equal(0, pair.A.Association.HeldBytes);
        Assert.Equal(0, pair.B.Association.HeldBytes);

        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[200_001], default, pair.Now);
        pair.B.Association.Send(Stream, PayloadProtocolId.Binary, new byte[200_001], default, pair.Now);
        pair.RunUntil(() => pair.A.Messages.Count() == 2 && pair.B.Messages.Count() == 2);
        Assert.Equal(200_001, pair.A.Messages.Last().Payload.Length);
        Assert.Equal(200_001, pair.B.Messages.Last().Payload.Length);
    }

    [Fact]
    public void SmallMessages_QueuedTogether_ShareAPacket()
    {
        var pair = Pair.Connected();
        var before = pair.A.Sent.Count;
        for (var index = 0; index < 10; index++)
        {
            pair.A.Association.Send(new StreamId((ushort)index), PayloadProtocolId.Binary, new byte[50], default, pair.Now);
        }

        pair.Flush();
        Assert.Equal(before + 1, pair.A.Sent.Count);
        Assert.Equal(10, Chunks.TsnsOf(pair.A.Sent[^1]).Count);
    }

    [Fact]
    public void LoneMessage_IsAcknowledgedAfterTheSackDelay_ASecondAtOnce()
    {
        var pair = Pair.Connected();
        pair.Delay = TimeSpan.Zero;
        var begin = pair.Now;
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, [1], default, pair.Now);
        pair.RunUntil(() => pair.A.Association.Statistics.BytesInFlight == 0 && pair.B.Messages.Any());
        Assert.Equal(40, (pair.Now - begin).TotalMilliseconds, 1);

        begin = pair.Now;
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, [1], default, pair.Now);
        pair.Flush();
        pair.A.Association.Send(Stream, PayloadProtocolId.Binary, [1], default, pair.Now);
        pair.RunUntil(() => pair.A.Association.Statistics.BytesInFlight == 0 && pair.B.Messages.Count() == 3);
        Assert.Equal(0, (pair.Now - begin).TotalMilliseconds, 1);
    }

    [Fact]
    public void Streams_WithMuchToSend_ShareByPriority()
    {
        var pair = Pair.Connected();
        pair.A.Association.Prioritize(new StreamId(2), 512);
        for (var index = 0; index < 200; index++)
        {
            for (ushort stream = 1; stream <= 2; stream++)
            {
                pair.A.Association.Send(new StreamId(stream), PayloadProtocolId.Binary, new byte[5000], default, pair.Now);
            }
        }

        pair.RunUntil(() => pair.B.Messages.Count() >= 150);
        var first = pair.B.Messages.Take(150).Count(told => told.Stream.Value == 1);
        Assert.InRange(first, 45, 55);
    }

    [Fact]
    public void SendBuffer_Full_RefusesUntilItDrains()
    {
        var options = new SctpOptions { SendBufferSize = 100_000 };
        var pair = Pair.Connected(1, options, options);
        var status = SctpSendStatus.Queued;
        var queued = 0;
        for (; status == SctpSendStatus.Queued && queued < 1000; queued++)
        {
            status = pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[10_000], default, pair.Now);
        }

        Assert.Equal(SctpSendStatus.BufferFull, status);
        Assert.Equal(11, queued);
        pair.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(SctpSendStatus.Queued, pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[10_000], default, pair.Now));
        Assert.Equal(
            SctpSendStatus.TooLarge,
            pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[256 * 1024 + 1], default, pair.Now));
        Assert.Equal(SctpSendStatus.Empty, pair.A.Association.Send(Stream, PayloadProtocolId.Binary, [], default, pair.Now));
    }

    // The TSNs of what A has to send now; nothing of it arrives.
    private static List<uint> Transmitted(Pair pair)
    {
        var sent = new List<uint>();
        var buffer = new byte[2000];
        while (pair.A.Association.Transmit(buffer, pair.Now) is var length and > 0)
        {
            sent.AddRange(Chunks.TsnsOf(buffer.AsSpan(0, length).ToArray()));
        }

        return sent;
    }

    // Measures the round trip and opens the congestion window.
    private static void Warm(Pair pair)
    {
        for (var index = 0; index < 5; index++)
        {
            pair.A.Association.Send(Stream, PayloadProtocolId.Binary, new byte[40_000], default, pair.Now);
            pair.RunFor(TimeSpan.FromMilliseconds(200));
        }

        pair.B.Events.Clear();
        Assert.NotNull(pair.A.Association.Statistics.SmoothedRoundTrip);
    }
}
