using Parley.Net;

namespace Parley.Media;

/// <summary>
/// Says when each received frame is to be presented, so that the tracks of one stream are in time with each other (lip sync) and
/// frames that come unevenly are played evenly. One clock serves one <see cref="MediaStream"/>.
/// </summary>
/// <remarks>
/// Each track's frames took some unknown time from capture to arrival; the least of it in the last seconds is the way itself, what
/// exceeds it is jitter. All tracks are delayed to the slowest: presentation = capture + the largest recent transit of any track, no less
/// than <see cref="MinimumDelay"/> and no more than <see cref="MaximumDelay"/> beyond the smallest one. The delay grows at once and shrinks
/// by a twentieth of the time that passes. Frames without a capture time (no sender report has come yet) keep time within their track
/// alone. Not safe for concurrent use.
/// </remarks>
public sealed class PlayoutClock
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);
    private const double ShrinkRate = 0.05;

    private readonly Dictionary<MediaStreamTrack, Line> _lines = [];
    private TimeSpan? _delay;
    private Instant _delayAt;

    /// <summary>Makes a clock.</summary>
    /// <param name="minimumDelay">The least that a frame is held beyond the fastest way; null for none.</param>
    /// <param name="maximumDelay">The most; null for half a second.</param>
    public PlayoutClock(TimeSpan? minimumDelay = null, TimeSpan? maximumDelay = null)
    {
        MinimumDelay = minimumDelay ?? TimeSpan.Zero;
        MaximumDelay = maximumDelay ?? TimeSpan.FromMilliseconds(500);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumDelay, TimeSpan.Zero, nameof(minimumDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumDelay, MinimumDelay, nameof(maximumDelay));
    }

    /// <summary>The least that a frame is held beyond the fastest way.</summary>
    public TimeSpan MinimumDelay { get; }

    /// <summary>The most that a frame is held beyond the fastest way: the bound of the buffer that a player needs.</summary>
    public TimeSpan MaximumDelay { get; }

    /// <summary>
    /// When to present a frame, on the clock of <see cref="MediaFrame.At"/>. It may have passed: then present it at once. Never earlier
    /// than the track's frame before.
    /// </summary>
    /// <param name="track">The frame's track.</param>
    /// <param name="frame">The frame, with <see cref="MediaFrame.At"/> being its arrival.</param>
    public Instant PresentAt(MediaStreamTrack track, in MediaFrame frame)
    {
        ArgumentNullException.ThrowIfNull(track);
        if (!_lines.TryGetValue(track, out var line))
        {
            _lines.Add(track, line = new Line());
        }

        // Both are counted from an origin of their own; only differences between transits mean something.
        var isShared = frame.CapturedAt is not null;
        var captured = frame.CapturedAt is { } time ? TimeSpan.FromTicks(time.UtcTicks) : frame.Timestamp;
        var arrived = frame.At - Instant.Zero;
        line.Add(isShared, arrived - captured, frame.At);

        var (least, most) = Transit(isShared, line);
        var delay = Follow(Clamp(most - least), frame.At);
        var present = Instant.Zero + (captured + least + delay);
        line.Last = present > line.Last ? present : line.Last;
        return line.Last;
    }

    /// <summary>Forgets a track that ended.</summary>
    public void Remove(MediaStreamTrack track) => _lines.Remove(track);

    private TimeSpan Clamp(TimeSpan delay) => delay < MinimumDelay ? MinimumDelay : delay > MaximumDelay ? MaximumDelay : delay;

    private (TimeSpan Least, TimeSpan Most) Transit(bool isShared, Line line)
    {
        var (least, most) = (line.Least, line.Most);
        if (isShared)
        {
            foreach (var other in _lines.Values)
            {
                if (other.IsShared)
                {
                    least = other.Least < least ? other.Least : least;
                    most = other.Most > most ? other.Most : most;
                }
            }
        }

        return (least, most);
    }

    private TimeSpan Follow(TimeSpan wanted, Instant now)
    {
        if (_delay is { } delay && wanted < delay)
        {
            var shrunk = delay - (now > _delayAt ? now - _delayAt : TimeSpan.Zero) * ShrinkRate;
            wanted = shrunk > wanted ? shrunk : wanted;
        }

        _delay = wanted;
        _delayAt = now;
        return wanted;
    }

    // The least and the most of the present half of the window and of the one before it: bounded memory, no queue.
    private sealed class Line
    {
        private (TimeSpan Least, TimeSpan Most)? _previous;
        private (TimeSpan Least, TimeSpan Most)? _current;
        private Instant _since;

        public bool IsShared { get; private set; }

        public Instant Last { get; set; }

        public TimeSpan Least =>
            _previous is { } previous && previous.Least < _current!.Value.Least ? previous.Least : _current!.Value.Least;

        public TimeSpan Most => _previous is { } previous && previous.Most > _current!.Value.Most ? previous.Most : _current!.Value.Most;

        public void Add(bool isShared, TimeSpan transit, Instant now)
        {
            if (isShared != IsShared)
            {
                // The first sender report changes the scale.
                IsShared = isShared;
                _previous = _current = null;
            }

            if (_current is null || now - _since > Window / 2)
            {
                _previous = _current;
                _current = (transit, transit);
                _since = now;
                return;
            }

            var (least, most) = _current.Value;
            _current = (transit < least ? transit : least, transit > most ? transit : most);
        }
    }
}
