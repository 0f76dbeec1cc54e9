namespace Parley.Media;

/// <summary>
/// The frames of an IVF file that cannot be sought in, from the first key frame on. Each lasts until the next one, so it is held back until
/// that has come.
/// </summary>
internal sealed class IvfPipe(IvfReader reader, MediaFormat format, TimeSpan usualDuration)
{
    private readonly IvfTimeline _timeline = new(reader.Header, usualDuration);
    private byte[]? _held;
    private bool _isKeyFrame;
    private TimeSpan _due;

    public bool TryRead(out MediaFrame frame)
    {
        while (reader.TryRead(out var next))
        {
            var isKeyFrame = VideoFrame.IsKeyFrame(format, next.Data.Span);
            if (_held is null && !isKeyFrame)
            {
                continue;
            }

            var (data, wasKeyFrame, due) = (_held, _isKeyFrame, _due);
            (_held, _isKeyFrame, _due) = (next.Data.ToArray(), isKeyFrame, _timeline.Place(next.Ticks));
            if (data is not null)
            {
                frame = new MediaFrame { Format = format, Data = data, Duration = _due - due, IsKeyFrame = wasKeyFrame };
                return true;
            }
        }

        frame = new MediaFrame { Format = format, Data = _held, Duration = usualDuration, IsKeyFrame = _isKeyFrame };
        var isLast = _held is not null;
        _held = null;
        return isLast;
    }
}
