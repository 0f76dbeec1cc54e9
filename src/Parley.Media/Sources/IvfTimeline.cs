namespace Parley.Media;

/// <summary>
/// When the frames of an IVF file are due. Ticks that stand still or fall a little (pictures in the order of decoding) put a frame right
/// behind the one before, and what follows stays in time; ticks that leap, as where files were joined, begin a new timeline.
/// </summary>
internal sealed class IvfTimeline(IvfHeader header, TimeSpan usualDuration)
{
    /// <summary>What is further apart belongs to another timeline.</summary>
    public static readonly TimeSpan MaximumGap = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaximumFall = TimeSpan.FromMilliseconds(500);

    // Receivers tell frames apart by their timestamps.
    private static readonly TimeSpan LeastGap = TimeSpan.FromMilliseconds(1);

    private TimeSpan? _last;
    private TimeSpan _offset;
    private TimeSpan _due;

    /// <summary>When the next frame is due, from the first.</summary>
    public TimeSpan Place(long ticks)
    {
        var time = header.TimeOf(ticks);
        if (_last is not { } last)
        {
            _offset = -time;
        }
        else
        {
            if (time - last > MaximumGap || time - last < -MaximumFall)
            {
                _offset = _due + usualDuration - time;
            }

            var next = _due + LeastGap;
            _due = time + _offset > next ? time + _offset : next;
        }

        _last = time;
        return _due;
    }
}
