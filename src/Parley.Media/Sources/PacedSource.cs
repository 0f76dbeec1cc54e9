using Parley.Net;

namespace Parley.Media;

/// <summary>
/// A source whose frames come at their own pace: each is due at a time reckoned from the first start, so that no error adds up.
/// A source that was held up sends what it missed at once, but no more than <see cref="MaximumLag"/>; beyond that its timeline leaps, and
/// the media go on where they were. Safe for use from any thread.
/// </summary>
public abstract class PacedSource : IMediaSource, IDisposable
{
    private static readonly TimeSpan MaximumDuration = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaximumWait = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private ITimer? _timer;
    private MediaStreamTrack? _track;
    private Instant? _origin;
    private TimeSpan _next;
    private bool _emitting;
    private bool _keyFrameWanted;
    private bool _disposed;

    /// <summary>Makes a source.</summary>
    /// <param name="kind">What it produces.</param>
    /// <param name="clock">What times it; null for the system's clock.</param>
    protected PacedSource(MediaKind kind, TimeProvider? clock)
    {
        Kind = kind;
        _clock = clock ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public MediaKind Kind { get; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<MediaFormat> Formats => [];

    /// <summary>How much is made up for at once after a hold-up.</summary>
    public TimeSpan MaximumLag { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Why the source ended its track: its file broke, or <see cref="TryProduce"/> or a sink threw, whatever that was. Null while all is
    /// well.
    /// </summary>
    public Exception? Error { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The source feeds another track already.</exception>
    public void Start(MediaStreamTrack track)
    {
        ArgumentNullException.ThrowIfNull(track);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_track is not null && _track != track)
            {
                throw new InvalidOperationException("A source feeds one track; clone the track, or make another source.");
            }

            var now = Instant.Now(_clock);
            _origin ??= now;
            if (now - _origin.Value is var elapsed && elapsed > _next)
            {
                _next = elapsed;
            }

            _track = track;
            _timer ??= _clock.CreateTimer(
                static source => ((PacedSource)source!).Emit(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Arm(now);
        }
    }

    /// <inheritdoc/>
    public void Stop()
    {
        lock (_gate)
        {
            _track = null;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void RequestKeyFrame()
    {
        lock (_gate)
        {
            _keyFrameWanted = true;
        }
    }

    /// <summary>Stops, and closes what the source reads from.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _track = null;
            _timer?.Dispose();
            Dispose(true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Makes the next frame; false at the end of the media. Called for one frame at a time. What it throws ends the track and stands in
    /// <see cref="Error"/>.
    /// </summary>
    /// <param name="keyFrameWanted">Whether the frame should be a key frame.</param>
    /// <param name="frame">
    /// The frame with its format, data and duration, which must be above zero and is a day at most: the next frame is due when it is over.
    /// A frame without data is not sent: nothing has come yet, and the timeline goes on.
    /// </param>
    protected abstract bool TryProduce(bool keyFrameWanted, out MediaFrame frame);

    /// <summary>Closes what the source reads from.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    // Frames are written outside the lock, so that a sink may attach, detach or ask for a key frame while it is called.
    private void Emit()
    {
        lock (_gate)
        {
            if (_emitting)
            {
                return;
            }

            _emitting = true;
        }

        while (TryTake(out var track, out var frame))
        {
            try
            {
                if (!frame.Data.IsEmpty)
                {
                    track.Write(frame);
                }
            }
            catch (Exception error)
            {
                // Here ends the stack: nobody above could catch what a sink throws.
                Fail(track, error);
            }
        }
    }

    private bool TryTake(out MediaStreamTrack track, out MediaFrame frame)
    {
        MediaStreamTrack? ended;
        lock (_gate)
        {
            frame = default;
            track = ended = _track!;
            var now = Instant.Now(_clock);
            if (ended is null || _origin!.Value + _next > now)
            {
                _emitting = false;
                if (ended is not null)
                {
                    Arm(now);
                }

                return false;
            }

            if (TryProduceNow(now, out frame))
            {
                return true;
            }

            _emitting = false;
            _track = null;
        }

        End(ended);
        return false;
    }

    private bool TryProduceNow(Instant now, out MediaFrame frame)
    {
        try
        {
            if (!TryProduce(_keyFrameWanted, out frame))
            {
                return false;
            }
        }
        catch (Exception error)
        {
            // Here ends the stack, and it is a user's code: whatever it throws ends the track and not the process.
            Error = error;
            frame = default;
            return false;
        }

        _keyFrameWanted &= !frame.IsKeyFrame;
        if (now - (_origin!.Value + _next) > MaximumLag)
        {
            _next = now - _origin.Value;
        }

        frame = frame with { Timestamp = _next, At = now };
        _next += frame.Duration <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(1)
            : frame.Duration < MaximumDuration ? frame.Duration
            : MaximumDuration;
        return true;
    }

    private void Fail(MediaStreamTrack track, Exception error)
    {
        lock (_gate)
        {
            Error = error;
            _track = null;
        }

        End(track);
    }

    // Here too nobody above could catch what a handler throws.
    private void End(MediaStreamTrack track)
    {
        try
        {
            track.End();
        }
        catch (Exception error)
        {
            Error ??= error;
        }
    }

    // Timers count in milliseconds and round down: up here, so that none fires too early and must be set again. Never zero: some clocks
    // call back at once, and this is called within the lock.
    private void Arm(Instant now)
    {
        var wait = Math.Clamp(Math.Ceiling((_origin!.Value + _next - now).TotalMilliseconds), 1, MaximumWait.TotalMilliseconds);
        _timer!.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }
}
