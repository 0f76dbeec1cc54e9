using Parley.Net;

namespace Parley.Sctp.Tests.Parts;

public class TailLossProbeTests
{
    private static readonly TimeSpan RoundTrip = Part.Milliseconds(20);
    private static readonly TimeSpan SackDelay = Part.Milliseconds(40);
    private static readonly Instant Timeout = Part.Begin + Part.Milliseconds(500);
    private TailLossProbe _probe;

    [Theory]
    [InlineData(false, 80)]
    [InlineData(true, 240)]
    public void Scheduled_IsDueAfterTwoRoundTripsAndTheDelayOfTheSack(bool isLone, int milliseconds)
    {
        _probe.Schedule(RoundTrip, isLone, SackDelay, Timeout, Part.Begin);
        Assert.Equal(Part.Begin + Part.Milliseconds(milliseconds), _probe.Deadline);
        Assert.False(_probe.Expire(Part.Begin + Part.Milliseconds(milliseconds - 1)));
        Assert.True(_probe.Expire(Part.Begin + Part.Milliseconds(milliseconds)));
    }

    [Fact]
    public void Scheduled_AfterTheRetransmissionTimer_IsNot()
    {
        _probe.Schedule(RoundTrip, isLone: true, SackDelay, Part.Begin + Part.Milliseconds(240), Part.Begin);
        Assert.Null(_probe.Deadline);
    }

    [Fact]
    public void NewDataAsProbe_IsOwedUntilAPacketLeaves_AndTellsOfNoLoss()
    {
        _probe.Begin(new Tsn(9), isRepetition: false, Part.Begin);
        Assert.True(_probe.IsOwed);
        Assert.True(_probe.IsAwaited);

        _probe.OnDataSent();
        Assert.False(_probe.IsOwed);
        Assert.False(_probe.EndsWithLoss(new Tsn(9), hasDuplicates: false, RoundTrip, Part.Begin + RoundTrip));
        Assert.False(_probe.IsAwaited);
    }

    [Theory]
    [InlineData(9, false, 20, true)]
    [InlineData(9, true, 20, false)]
    [InlineData(9, false, 19, false)]
    [InlineData(8, false, 20, false)]
    public void Repetition_TellsOfALoss_UnlessTheFirstSendingHadArrived(
        uint acknowledged, bool hasDuplicates, int milliseconds, bool isLoss)
    {
        _probe.Begin(new Tsn(9), isRepetition: true, Part.Begin);
        Assert.False(_probe.IsOwed);

        var at = Part.Begin + Part.Milliseconds(milliseconds);
        Assert.Equal(isLoss, _probe.EndsWithLoss(new Tsn(acknowledged), hasDuplicates, RoundTrip, at));
        Assert.Equal(acknowledged < 9, _probe.IsAwaited);
    }
}
