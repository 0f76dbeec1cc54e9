using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Tests.Links;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class ReceiveWindowTests
{
    private const long First = 1024 * 1024;

    [Fact]
    public void Reader_StandsStill_HoldsTheFirstWindowAndNoMore()
    {
        var pair = Pair.Connected(1, new SctpOptions(), new SctpOptions());
        pair.B.Association.ReceivePaused = true;
        Queue(pair, 128);
        pair.RunFor(TimeSpan.FromSeconds(30));

        Assert.Equal(First, pair.B.Association.Statistics.ReceiveBufferLimit);
        Assert.InRange(pair.B.Association.HeldBytes, First / 2, 2 * First);

        pair.B.Association.ReceivePaused = false;
        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() == 128));
    }

    [Theory]
    [InlineData(64 * 1024 * 1024)]
    [InlineData(3 * 1024 * 1024)]
    public void FastReader_OnALongPath_GetsAsMuchAsItTakesUpToTheLimit(int limit)
    {
        var options = new SctpOptions { ReceiveBufferSize = limit };
        var pair = Pair.Connected(1, options, options);
        pair.Delay = TimeSpan.FromMilliseconds(100);
        Queue(pair, 480);
        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() == 480));

        Assert.InRange(pair.B.Association.Statistics.ReceiveBufferLimit, Math.Min(limit, 4 * First), limit);
    }

    [Fact]
    public void BusyEnds_AfterABurst_GiveBackWhatItTook()
    {
        var pair = Pair.Connected(1, new SctpOptions(), new SctpOptions());
        pair.Delay = TimeSpan.FromMilliseconds(300);
        Queue(pair, 128);
        Assert.True(pair.RunUntil(() => pair.B.Messages.Count() == 128));
        Assert.InRange(pair.A.Association.HeldBytes, First, long.MaxValue);
        Assert.InRange(pair.B.Association.HeldBytes, First / 2, long.MaxValue);

        // Something is always under way: the ends are never idle.
        for (var i = 0; i < 800; i++)
        {
            pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[100], default, pair.Now);
            pair.RunFor(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(pair.A.Association.HeldBytes, 1, First / 4);
        Assert.InRange(pair.B.Association.HeldBytes, 1, First / 4);
    }

    [Fact]
    public void EndsWithLittleToSay_HoldAKilobyteForEachDirection()
    {
        var pair = Pair.Connected(1, new SctpOptions(), new SctpOptions());
        foreach (var (from, to) in new[] { (pair.A, pair.B), (pair.B, pair.A) })
        {
            from.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[100], default, pair.Now);
            Assert.True(pair.RunUntil(() => to.Messages.Any()));
        }

        Assert.InRange(pair.A.Association.HeldBytes, 1, 2 * 1024);
        Assert.InRange(pair.B.Association.HeldBytes, 1, 2 * 1024);
    }

    [Fact]
    public void SlowPath_NeedsNoMoreThanTheFirstWindow()
    {
        var link = new Bottleneck(1) { Rate = 10_000_000, RoundTrip = TimeSpan.FromMilliseconds(20) };
        var flow = link.Add(1, new SctpOptions());
        link.RunFor(TimeSpan.FromSeconds(30));

        Assert.True(flow.Received > 25_000_000);
        Assert.Equal(First, flow.Receiver.Statistics.ReceiveBufferLimit);
    }

    /// <summary>What is read in a burst says nothing of the path: the window follows what comes.</summary>
    [Fact]
    public void Backlog_TakenAtOnce_DoesNotOpenTheWindow()
    {
        var link = new Bottleneck(1) { Rate = 10_000_000, RoundTrip = TimeSpan.FromMilliseconds(20) };
        var flow = link.Add(1, new SctpOptions());
        for (var times = 0; times < 10; times++)
        {
            link.RunFor(TimeSpan.FromSeconds(2));
            flow.Receiver.ReceivePaused = true;
            link.RunFor(TimeSpan.FromSeconds(1.2));
            flow.Receiver.ReceivePaused = false;
        }

        Assert.True(flow.Received > 10_000_000);
        Assert.Equal(First, flow.Receiver.Statistics.ReceiveBufferLimit);
    }

    /// <summary>
    /// A message costs more than its bytes, of which the window told: what was sent within it is not thrown away; what is beyond it is.
    /// </summary>
    [Fact]
    public void SmallMessages_WithinTheWindowOffered_AreAllTaken()
    {
        var options = Pair.Plain with { ReceiveBufferSize = 1, MaxMessageSize = 5_000, InitialTsn = 1 };
        var pair = Pair.Connected(1, options, options);
        var tag = Chunks.TagOf(pair.A.Sent[^1]);
        var limit = (int)pair.B.Association.Statistics.ReceiveBufferLimit;
        var (size, count) = (200, limit / 200);
        for (var index = 0; index < count + 20; index++)
        {
            pair.B.Association.Receive(Chunks.Data(tag, (uint)(1 + index), 1, (ushort)index, 3, new byte[size]), pair.Now);
        }

        pair.B.Sent.Clear();
        pair.Flush();
        Assert.Equal((uint)count, BinaryPrimitives.ReadUInt32BigEndian(Chunks.ValueOf(pair.B.Sent[^1], ChunkType.Sack)));
    }

    private static void Queue(Pair pair, int messages)
    {
        for (var index = 0; index < messages; index++)
        {
            Assert.Equal(
                SctpSendStatus.Queued,
                pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[64 * 1024], default, pair.Now));
        }
    }
}
