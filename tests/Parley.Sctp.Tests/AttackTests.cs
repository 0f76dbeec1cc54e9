using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

/// <summary>What an authenticated, hostile peer may cost: memory as it is accounted, work as it is counted.</summary>
public class AttackTests
{
    [Theory]
    [InlineData(0)] // Complete and in order: they wait for the reader.
    [InlineData(1)] // They wait for a message that never comes.
    public void TinyMessages_NotRead_CloseTheWindowByWhatTheyCost(int firstSsn)
    {
        var attacker = new Attacker();
        attacker.Pair.Reads = false;
        attacker.Association.ReceivePaused = true;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var built = 0L;
        for (var count = 0; count < 200_000; count++)
        {
            attacker.Data((ushort)(count / 30_000), (ushort)(firstSsn + count % 30_000));
            if (count % 500 == 499)
            {
                built += attacker.Send();
            }
        }

        var statistics = attacker.Statistics;
        Assert.InRange(statistics.ReceiveBufferUsed, statistics.ReceiveBufferLimit, 2 * statistics.ReceiveBufferLimit);
        Assert.InRange(statistics.DataChunksRefused, 60_000, 200_000);

        // Queues that double leave as much behind as they hold.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before - built, 0, 3 * statistics.ReceiveBufferUsed);
    }

    [Fact]
    public void MessagesLeftBehindInSharedBuffers_AreChargedForThem()
    {
        var attacker = new Attacker();
        for (ushort round = 1; round < 3000; round++)
        {
            attacker.Data(0, round);
            for (ushort index = 0; index < 15; index++)
            {
                attacker.Data(1, 0, 1000, flags: 7);
            }

            attacker.Send();
        }

        Assert.InRange(attacker.Association.HeldBytes, 0, 3 * attacker.Statistics.ReceiveBufferLimit);
        Assert.NotEqual(0, attacker.Statistics.DataChunksRefused);
    }

    [Fact]
    public void ResetsOfAllStreams_AreToldOnceForEachUse()
    {
        const int Streams = 2000;
        var attacker = new Attacker();
        for (ushort stream = 0; stream < Streams; stream++)
        {
            attacker.Data(stream, 0);
        }

        attacker.Send();
        for (var round = 0; round < 20; round++)
        {
            for (var count = 0; count < 20; count++)
            {
                attacker.Reset();
            }

            attacker.Send();
        }

        Assert.Equal(Streams, attacker.Victim.Events.Count(told => told.Kind == SctpEventKind.IncomingStreamReset));
    }

    [Fact]
    public void ResetOfAllStreams_AfterNewMessages_IsToldAgain()
    {
        var attacker = new Attacker();
        attacker.Data(3, 0).Send();
        attacker.Reset().Send();
        attacker.Data(3, 0).Send();
        attacker.Reset().Send();
        Assert.Equal(2, attacker.Victim.Messages.Count());
        Assert.Equal(2, attacker.Victim.Events.Count(told => told.Kind == SctpEventKind.IncomingStreamReset));
    }

    [Fact]
    public void ResetsNotRead_AreCharged()
    {
        var attacker = new Attacker();
        attacker.Pair.Reads = false;
        var streams = Enumerable.Range(0, 1000).Select(id => (ushort)id).ToArray();
        for (var count = 0; count < 1000; count++)
        {
            attacker.Reset(streams).Send();
        }

        Assert.InRange(attacker.Statistics.ReceiveBufferUsed, 0, 2 * attacker.Statistics.ReceiveBufferLimit);
    }

    [Fact]
    public void ForwardTsn_OverManyParkedMessages_LooksAtThoseSkipped()
    {
        const int Parked = 4000;
        var attacker = new Attacker();
        for (ushort index = 0; index < Parked; index++)
        {
            attacker.Data(0, (ushort)(20_000 + index));
        }

        attacker.Send();
        var before = attacker.Association.SkipSteps;
        for (ushort ssn = 0; ssn < 10_000; ssn++)
        {
            attacker.ForwardTsn(attacker.NextTsn, (0, ssn)).Send();
        }

        Assert.InRange(attacker.Association.SkipSteps - before, 0, 100);
        attacker.ForwardTsn(attacker.NextTsn, (0, 19_999 + Parked / 2)).Send();
        Assert.Equal(Parked, attacker.Victim.Messages.Count());
        Assert.InRange(attacker.Association.SkipSteps - before, Parked / 2, Parked + 100);
    }

    [Fact]
    public void ForwardTsn_OverMessagesInAnyOrder_DeliversThemInTheirOrder()
    {
        var attacker = new Attacker();
        ushort[] numbers = [9, 3, 7, 1, 8, 2, 65];
        foreach (var ssn in numbers)
        {
            attacker.Data(0, ssn, ssn);
        }

        attacker.Send();
        attacker.ForwardTsn(attacker.NextTsn, (0, 8)).Send();
        Assert.Equal([1, 2, 3, 7, 8, 9], attacker.Victim.Messages.Select(told => told.Payload.Length));
        attacker.ForwardTsn(attacker.NextTsn, (0, 70)).Send();
        Assert.Equal(65, attacker.Victim.Messages.Last().Payload.Length);
    }

    [Fact]
    public void ForwardTsn_FarAhead_LooksAtWordsNotAtPlaces()
    {
        var attacker = new Attacker();

        // A fragment as far ahead as one may be makes the ring as large as it gets.
        attacker.Data(0, 0, flags: 2, tsn: attacker.NextTsn + 65_000).Send();
        var before = attacker.Association.SkipSteps;
        for (var count = 0; count < 1000; count++)
        {
            attacker.ForwardTsn(attacker.NextTsn + 64_000).Send();
            attacker.Data(0, 0, flags: 2, tsn: attacker.NextTsn + 65_000).Send();
        }

        Assert.InRange(attacker.Association.SkipSteps - before, 1000, 1000 * 2100);
    }

    [Fact]
    public void InterleavedForwardTsn_OverManyMessagesBegun_LooksAtThoseSkipped()
    {
        const int Begun = 400;
        var attacker = new Attacker(interleaving: true);
        for (uint mid = 0; mid < Begun; mid++)
        {
            attacker.InterleavedData(0, 1000 + mid, 6).InterleavedData(1, 1000 + mid, 2);
        }

        attacker.Send();
        var before = attacker.Association.SkipSteps;
        for (uint mid = 0; mid < 900; mid++)
        {
            attacker.InterleavedForwardTsn(attacker.NextTsn, 1, mid).Send();
        }

        Assert.InRange(attacker.Association.SkipSteps - before, 0, 10);
        var held = attacker.Statistics.ReceiveBufferUsed;
        attacker.InterleavedForwardTsn(attacker.NextTsn, 1, 1000 + Begun / 2 - 1).Send();
        Assert.InRange(attacker.Association.SkipSteps - before, Begun / 2, Begun / 2 + 10);
        Assert.InRange(attacker.Statistics.ReceiveBufferUsed, 1, held * 3 / 4 + 1);
    }

    [Fact]
    public void ChunksWithoutEnd_InOnePacket_AreIgnoredAfterSome()
    {
        var attacker = new Attacker();
        for (var count = 0; count < 100; count++)
        {
            attacker.ForwardTsn(attacker.NextTsn);
        }

        attacker.Send();
        Assert.Equal(68, attacker.Statistics.ChunksIgnored);
        Assert.Equal(SctpState.Established, attacker.Association.State);
    }

    [Fact]
    public void UnknownChunks_AreAnsweredByNoMoreThanTheyBring()
    {
        var attacker = new Attacker();
        attacker.Pair.Flush();
        var (received, sent) = (0L, attacker.Statistics.BytesSent);
        for (var round = 0; round < 100; round++)
        {
            for (var count = 0; count < 300; count++)
            {
                attacker.Chunk((ChunkType)0xFE, 0);
            }

            received += attacker.Send();
            attacker.Pair.Flush();
        }

        Assert.InRange(attacker.Statistics.BytesSent - sent, 1, received);
    }
}
