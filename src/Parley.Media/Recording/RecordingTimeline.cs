using Parley.Net;

namespace Parley.Media;

/// <summary>
/// Lays a track's frames on a recording's timeline, which begins at zero with the first. Timestamps come from the peer: a leap of
/// theirs that the local clock does not bear out is taken for what the local clock says.
/// </summary>
internal sealed class RecordingTimeline
{
    private static readonly TimeSpan Credible = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaximumGap = TimeSpan.FromHours(1);

    private TimeSpan? _offset;
    private TimeSpan _last;
    private Instant _lastAt;

    /// <summary>Where a frame belongs in the recording.</summary>
    public TimeSpan Place(in MediaFrame frame)
    {
        _offset ??= -frame.Timestamp;
        var place = frame.Timestamp + _offset.Value;
        var step = place - _last;
        var waited = frame.At - _lastAt;
        if (step.Duration() > Credible && (step - waited).Duration() > Credible)
        {
            var believed = waited < TimeSpan.Zero ? TimeSpan.Zero : waited > MaximumGap ? MaximumGap : waited;
            _offset += _last + believed - place;
            place = _last + believed;
        }

        _last = place;
        _lastAt = frame.At;
        return place;
    }
}
