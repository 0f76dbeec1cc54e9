namespace Parley.Tests.Glare;

/// <summary>
/// Counts what a receiver brings until it is disposed: frames of one number and no other, or none at all when the number is negative.
/// </summary>
internal sealed class ExpectedFrames(string way, int number, int fewest, RtpTransceiver receiving)
{
    private readonly FrameCounter _counter = new();
    private IDisposable? _attachment;

    /// <summary>Whether frames that are due have not come yet.</summary>
    public bool AreMissing => number >= 0 && _counter.Total < fewest;

    public void Begin() => _attachment = receiving.Receiver.Track.Attach(_counter);

    public void End()
    {
        _attachment?.Dispose();
        Assert.True(
            number < 0 ? _counter.Total == 0 : _counter.Total >= fewest && _counter.Of(number) == _counter.Total,
            $"{way}: expected frames of {number}, got {_counter}");
        if (number >= 0)
        {
            Assert.False(receiving.Receiver.Track.IsMuted, $"{way}: frames come, and the track is muted");
        }

        if (receiving.CurrentDirection is RtpTransceiverDirection.SendOnly or RtpTransceiverDirection.Inactive)
        {
            Assert.True(receiving.Receiver.Track.IsMuted, $"{way}: nothing is received, and the track is not muted");
        }
    }
}
