using Parley.Media;
using Parley.Net;

namespace Parley;

/// <summary>
/// Keeps an encoding within its maxFramerate and maxBitrate by leaving frames out, as nothing is encoded here (webrtc-pc §5.2.9). Where a
/// frame that others refer to is left out, nothing passes until the next key frame, which is asked for as soon as there is room for it.
/// </summary>
internal sealed class EncodingThrottle
{
    /// <summary>What a packet's headers take, about (RFC 3890 §6.2.2 counts them).</summary>
    private const int HeaderBytes = 24;
    private const int PayloadBytes = 1100;

    /// <summary>Clocks of sources are not exact.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Key frames are large: a source that cannot leave out what others do not refer to gives way to five pictures a second.
    /// </summary>
    private static readonly TimeSpan KeyFrameWishInterval = TimeSpan.FromMilliseconds(200);

    private Instant? _pictureDue;
    private bool _isFrozen;
    private double _debt;
    private Instant _debtAt;
    private bool _awaitsKeyFrame;
    private bool _lacksBits;
    private Instant? _wishedAt;

    /// <summary>Whether the last frame was left out, or frames that lead up to it were, because maxBitrate had no room for them.</summary>
    public bool IsShortOfBits { get; private set; }

    /// <summary>Lets nothing pass before a key frame: something else was shown in between.</summary>
    public void AwaitKeyFrame() => _awaitsKeyFrame = true;

    /// <summary>Whether a frame passes.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="parameters">The bounds.</param>
    /// <param name="now">The present.</param>
    /// <param name="wantsKeyFrame">Whether the source should make a key frame, for which there is room.</param>
    public bool Admits(in MediaFrame frame, RtpEncodingParameters parameters, Instant now, out bool wantsKeyFrame)
    {
        wantsKeyFrame = false;
        _isFrozen &= parameters.MaxFramerate == 0;
        if (parameters.MaxFramerate is null && parameters.MaxBitrate is null && !_awaitsKeyFrame)
        {
            (_pictureDue, _debt, _debtAt) = (null, 0, now);
            IsShortOfBits = _lacksBits = false;
            return true;
        }

        var isIndependent = frame.Format.Kind == MediaKind.Audio
            || frame.IsKeyFrame
            || VideoFrame.IsKeyFrame(frame.Format, frame.Data.Span);
        var isDiscardable = frame.Format.Kind == MediaKind.Audio
            || frame.IsDiscardable
            || VideoFrame.IsDiscardable(frame.Format, frame.Data.Span);
        Drain(parameters.MaxBitrate, now);
        var hasRoom = IsPictureDue(parameters.MaxFramerate, isDiscardable, now) && HasBits(parameters.MaxBitrate);
        if (!hasRoom || (_awaitsKeyFrame && !isIndependent))
        {
            _lacksBits |= !HasBits(parameters.MaxBitrate);
            IsShortOfBits = _lacksBits;
            _awaitsKeyFrame |= !isDiscardable;
            wantsKeyFrame = hasRoom && _awaitsKeyFrame && Wish(now);
            return false;
        }

        _awaitsKeyFrame = IsShortOfBits = _lacksBits = false;
        Count(frame, parameters, now);
        return true;
    }

    /// <summary>
    /// A picture that others need may come by half an interval early: the next then waits longer, and the rate over time is kept.
    /// </summary>
    private bool IsPictureDue(double? rate, bool isDiscardable, Instant now) => rate switch
    {
        null => true,
        0 => !_isFrozen,
        { } bound => _pictureDue is not { } due || now >= due - (isDiscardable ? Tolerance : TimeSpan.FromSeconds(0.5 / bound)),
    };

    /// <summary>
    /// A second's worth may be owed, so that a key frame does not stop what follows it; "even a bitrate of zero will allow sending one
    /// frame".
    /// </summary>
    private bool HasBits(uint? bound) => bound is null || _debt <= bound;

    private bool Wish(Instant now)
    {
        if (_wishedAt is { } last && now - last < KeyFrameWishInterval)
        {
            return false;
        }

        _wishedAt = now;
        return true;
    }

    private void Drain(uint? bound, Instant now)
    {
        _debt = bound is null ? 0 : Math.Max(0, _debt - bound.Value * (now - _debtAt).TotalSeconds);
        _debtAt = now;
    }

    private void Count(in MediaFrame frame, RtpEncodingParameters parameters, Instant now)
    {
        var length = frame.Data.Length;
        _debt += 8.0 * (length + HeaderBytes * (1 + length / PayloadBytes));
        _isFrozen = parameters.MaxFramerate == 0;
        if (parameters.MaxFramerate is > 0 and var rate)
        {
            var interval = TimeSpan.FromSeconds(1 / rate);
            var next = (_pictureDue ?? now) + interval;
            _pictureDue = next > now ? next : now;
        }
    }
}
