namespace Parley.Media;

/// <summary>
/// Plays an IVF file of VP8, VP9, AV1 or H.264. When a key frame is asked for, playing leaps to the nearest key frame ahead, so that the
/// very next frame is one; the timestamps go on evenly over leaps and loops.
/// </summary>
public sealed class IvfSource : PacedSource
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(1.0 / 30);

    private readonly IvfReader _reader;
    private readonly MediaFormat _format;
    private readonly bool _loop;
    private readonly FrameFeed? _feed;
    private readonly List<Entry> _index = [];
    private readonly int _firstKeyFrame;
    private readonly TimeSpan _usualDuration;
    private int _at;

    /// <summary>
    /// Reads the whole file once for the places of its frames. What cannot be sought in, such as a pipe, is played as it comes, once.
    /// </summary>
    /// <param name="stream">The file. The source disposes it.</param>
    /// <param name="loop">Whether it begins anew at the end, if it can; otherwise the track ends.</param>
    /// <param name="clock">What times it; null for the system's clock.</param>
    /// <exception cref="InvalidDataException">The file is broken, holds none of VP8, VP9, AV1 and H.264, or no key frame; the message gives
    /// the position.</exception>
    public IvfSource(Stream stream, bool loop = true, TimeProvider? clock = null)
        : base(MediaKind.Video, clock)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _reader = new IvfReader(stream);
        _format = _reader.Header.Format
            ?? throw new InvalidDataException($"Byte 8: {_reader.Header.FourCC} is none of VP80, VP90, AV01 and H264.");
        if (!stream.CanSeek)
        {
            _usualDuration = DefaultDuration;
            _feed = new FrameFeed("IVF", new IvfPipe(_reader, _format, _usualDuration).TryRead, _reader);
            return;
        }

        _loop = loop;
        var ticks = new List<long>();
        while (_reader.TryRead(out var frame))
        {
            ticks.Add(frame.Ticks);
            _index.Add(new Entry(frame.Position, default, VideoFrame.IsKeyFrame(_format, frame.Data.Span)));
        }

        _firstKeyFrame = _index.FindIndex(entry => entry.IsKeyFrame);
        if (_firstKeyFrame < 0)
        {
            throw new InvalidDataException($"Byte {_reader.Position}: the file holds no key frame.");
        }

        _at = _firstKeyFrame;
        _usualDuration = UsualDuration(ticks);
        Schedule(ticks);
    }

    /// <summary>Frames in the file; 0 when it cannot be sought in.</summary>
    public int FrameCount => _index.Count;

    /// <summary>Pixels across, as the file's header says.</summary>
    public int Width => _reader.Header.Width;

    /// <summary>Pixels down, as the file's header says.</summary>
    public int Height => _reader.Header.Height;

    /// <summary>How long one round takes; zero when the file cannot be sought in.</summary>
    public TimeSpan Length => _index.Count == 0 ? TimeSpan.Zero : _index[^1].Due - _index[_firstKeyFrame].Due + _usualDuration;

    /// <summary>Opens a file.</summary>
    public static IvfSource Open(string path, bool loop = true, TimeProvider? clock = null) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read), loop, clock);

    /// <inheritdoc/>
    public override IReadOnlyList<MediaFormat> Formats => [_format];

    /// <inheritdoc/>
    protected override bool TryProduce(bool keyFrameWanted, out MediaFrame frame)
    {
        if (_feed is not null)
        {
            return _feed.TryProduce(_format, keyFrameWanted, out frame);
        }

        frame = default;
        if (_at == _index.Count)
        {
            if (!_loop)
            {
                return false;
            }

            _at = _firstKeyFrame;
        }

        if (keyFrameWanted && !_index[_at].IsKeyFrame)
        {
            LeapToKeyFrame();
        }

        var entry = _index[_at];
        _reader.Seek(entry.Position);
        if (!_reader.TryRead(out var read))
        {
            throw new InvalidDataException($"Byte {entry.Position}: the file became shorter while it played.");
        }

        frame = new MediaFrame { Format = _format, Data = read.Data, Duration = DurationOf(_at), IsKeyFrame = entry.IsKeyFrame };
        _at++;
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        ((IDisposable?)_feed ?? _reader).Dispose();
    }

    private void LeapToKeyFrame()
    {
        var next = _index.FindIndex(_at, entry => entry.IsKeyFrame);
        if (next >= 0)
        {
            _at = next;
        }
        else if (_loop)
        {
            _at = _firstKeyFrame;
        }
    }

    private TimeSpan DurationOf(int i) => i + 1 < _index.Count ? _index[i + 1].Due - _index[i].Due : _usualDuration;

    private void Schedule(List<long> ticks)
    {
        // A file whose ticks say nothing plays at the usual pace.
        var saysNothing = ticks.TrueForAll(each => each == ticks[0]);
        var timeline = new IvfTimeline(_reader.Header, _usualDuration);
        for (var i = 0; i < _index.Count; i++)
        {
            _index[i] = _index[i] with { Due = saysNothing ? _usualDuration * i : timeline.Place(ticks[i]) };
        }
    }

    private TimeSpan UsualDuration(List<long> ticks)
    {
        var durations = new List<TimeSpan>();
        for (var i = 1; i < Math.Min(ticks.Count, 1_000); i++)
        {
            durations.Add(_reader.Header.TimeOf(ticks[i]) - _reader.Header.TimeOf(ticks[i - 1]));
        }

        durations.RemoveAll(duration => duration <= TimeSpan.Zero || duration > IvfTimeline.MaximumGap);
        durations.Sort();
        return durations.Count > 0 ? durations[durations.Count / 2] : DefaultDuration;
    }

    private readonly record struct Entry(long Position, TimeSpan Due, bool IsKeyFrame);
}
