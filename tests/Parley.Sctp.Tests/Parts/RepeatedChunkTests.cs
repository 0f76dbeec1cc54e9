namespace Parley.Sctp.Tests.Parts;

public class RepeatedChunkTests
{
    private static readonly TimeSpan Timeout = Part.Milliseconds(100);
    private static readonly TimeSpan Most = Part.Milliseconds(300);
    private RepeatedChunk _chunk;

    [Fact]
    public void NotAnswered_WaitsTwiceAsLongEachTime_UpToTheMost()
    {
        var now = Part.Begin;
        foreach (var wait in new[] { 100, 200, 300, 300 })
        {
            _chunk.Request();
            Assert.True(_chunk.IsDue);
            _chunk.OnSent(Timeout, Most, now);
            Assert.False(_chunk.IsDue);
            Assert.Equal(now + Part.Milliseconds(wait), _chunk.Deadline);
            Assert.False(_chunk.Expire(now + Part.Milliseconds(wait - 1)));
            now += Part.Milliseconds(wait);
            Assert.True(_chunk.Expire(now));
            Assert.False(_chunk.Expire(now));
        }

        Assert.Equal(4, _chunk.Expirations);
    }

    [Fact]
    public void Answered_IsNeitherDueNorAwaited_AndBeginsAnew()
    {
        _chunk.Request();
        _chunk.OnSent(Timeout, Most, Part.Begin);
        Assert.True(_chunk.Expire(Part.Begin + Timeout));
        _chunk.Request();
        _chunk.Stop();

        Assert.False(_chunk.IsDue);
        Assert.Null(_chunk.Deadline);
        Assert.Equal(0, _chunk.Expirations);
    }

    [Fact]
    public void Postponed_IsNotDueBeforeItsTime()
    {
        _chunk.Postpone(Part.Begin + Timeout);
        Assert.False(_chunk.IsDue);
        Assert.False(_chunk.Expire(Part.Begin));
        Assert.True(_chunk.Expire(Part.Begin + Timeout));
    }
}
