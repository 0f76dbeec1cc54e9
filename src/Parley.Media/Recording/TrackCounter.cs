namespace Parley.Media;

/// <summary>Counts what a track brings. Its numbers may be read from any thread.</summary>
public sealed class TrackCounter : IMediaSink
{
    private readonly Lock _gate = new();
    private TrackCount _count = new();

    /// <summary>The numbers, of one moment.</summary>
    public TrackCount Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <inheritdoc/>
    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        ArgumentNullException.ThrowIfNull(track);
        if (!track.Enabled)
        {
            return;
        }

        var hasSize = VideoFrame.TryReadSize(frame.Format, frame.Data.Span, out var width, out var height);
        lock (_gate)
        {
            _count = new TrackCount
            {
                Format = frame.Format,
                Frames = _count.Frames + 1,
                KeyFrames = _count.KeyFrames + (frame.IsKeyFrame && frame.Format.Kind == MediaKind.Video ? 1 : 0),
                Bytes = _count.Bytes + frame.Data.Length,
                Losses = _count.Losses + (frame.FollowsLoss ? 1 : 0),
                Width = hasSize ? width : _count.Width,
                Height = hasSize ? height : _count.Height,
                Timestamp = frame.Timestamp,
            };
        }
    }
}
