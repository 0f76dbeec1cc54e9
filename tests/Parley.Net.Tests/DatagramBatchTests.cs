using System.Net;

namespace Parley.Net.Tests;

public class DatagramBatchTests
{
    private static readonly TransportAddress s_remote = new(IPAddress.Loopback, 1);

    [Fact]
    public void Commit_ReservedBytes_StandOneBehindTheOther()
    {
        var batch = new DatagramBatch(100, 4);
        batch.Reserve(50)[0] = 1;
        batch.Commit(10, s_remote, ecn: 2);
        batch.Reserve(50)[0] = 2;
        batch.Commit(5, s_remote);

        Assert.Equal(2, batch.Count);
        Assert.Equal((0, 10, 2), (batch.Offset(0), batch.Length(0), (int)batch.Ecn(0)));
        Assert.Equal((10, 5, 0), (batch.Offset(1), batch.Length(1), (int)batch.Ecn(1)));
        Assert.Equal(2, batch.Datagram(1)[0]);
        Assert.Equal(85, batch.RemainingBytes);
        Assert.Equal(2, batch.RemainingCapacity);
    }

    [Theory]
    [InlineData(1000, 300, new[] { 300, 300, 300, 100 })]
    [InlineData(900, 300, new[] { 300, 300, 300 })]
    [InlineData(100, 300, new[] { 100 })]
    public void CommitRun_OfSegments_SplitsThem(int length, int segment, int[] expected)
    {
        var batch = new DatagramBatch(1000, 8);
        batch.Reserve(1000);
        Assert.Equal(expected.Length, batch.CommitRun(length, segment, s_remote, 1));
        Assert.Equal(expected, Enumerable.Range(0, batch.Count).Select(batch.Length));
        Assert.Equal(length, batch.Offset(batch.Count - 1) + batch.Length(batch.Count - 1));
    }

    [Fact]
    public void TryAdd_FullByBytesOrByNumber_AnswersFalse()
    {
        var batch = new DatagramBatch(10, 2);
        Assert.False(batch.TryAdd(new byte[11], s_remote));
        Assert.True(batch.TryAdd(new byte[8], s_remote));
        Assert.False(batch.TryAdd(new byte[3], s_remote));
        Assert.True(batch.TryAdd(new byte[1], s_remote));
        Assert.False(batch.TryAdd(new byte[1], s_remote));
        Assert.True(batch.Reserve(1).IsEmpty);
        Assert.Throws<InvalidOperationException>(() => batch.Commit(1, s_remote));

        batch.Clear();
        Assert.Equal(0, batch.Count);
        Assert.Equal(10, batch.Reserve(10).Length);
    }

    [Fact]
    public void Access_PastTheEnd_Throws()
    {
        var batch = new DatagramBatch(10, 2);
        Assert.True(batch.TryAdd(new byte[1], s_remote));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Length(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Remote(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Commit(10, s_remote));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Commit(-1, s_remote));
    }

    [Fact]
    public void Pool_BatchReturned_ComesBackEmpty()
    {
        var batch = DatagramBatchPool.Rent();
        Assert.True(batch.TryAdd([1], s_remote));
        DatagramBatchPool.Return(batch);
        var again = DatagramBatchPool.Rent();
        Assert.Same(batch, again);
        Assert.Equal(0, again.Count);
        Assert.NotSame(again, DatagramBatchPool.Rent());
    }
}
