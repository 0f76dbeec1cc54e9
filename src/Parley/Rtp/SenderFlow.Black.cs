using Parley.Media;
using Parley.Net;

namespace Parley;

// What stands in for the pictures of a track that has none to show.
internal sealed partial class SenderFlow
{
    // webrtc-pc §5.2: "In the case of video, the RTCRtpSender SHOULD send one black frame per second."
    private static readonly TimeSpan BlackInterval = TimeSpan.FromSeconds(1);

    private ITimer? _blackTimer;
    private Instant? _lastPictureAt;
    private MediaFormat? _lastPictureFormat;
    private bool _isBlack;

    /// <summary>
    /// "If track is ended, or if the track's output is disabled, […] the RTCRtpSender MUST send black frames (video) and MUST NOT send
    /// (audio)."
    /// </summary>
    private bool PassesWhileDisabled(MediaStreamTrack track, in MediaFrame frame, Instant now)
    {
        if (!track.Enabled)
        {
            return false;
        }

        if (track.Kind == MediaKind.Video)
        {
            _lastPictureAt = now;
            _lastPictureFormat = frame.Format;
            if (_isBlack)
            {
                // Pictures refer to what the peer does not show any more.
                _isBlack = false;
                foreach (var encoding in _plan!.Encodings)
                {
                    encoding.Flow.Throttle.AwaitKeyFrame();
                }
            }
        }

        return true;
    }

    private void WatchPictures(MediaStreamTrack? track)
    {
        lock (_gate)
        {
            _blackTimer?.Dispose();
            _blackTimer = track is { Kind: MediaKind.Video }
                ? _connection.Platform.TimeProvider.CreateTimer(
                    static flow => ((SenderFlow)flow!).SendBlackIfDark(), this, BlackInterval, BlackInterval)
                : null;
        }
    }

    private void SendBlackIfDark()
    {
        lock (_gate)
        {
            if (_attached is not { } track || _plan is not { } plan)
            {
                return;
            }

            var now = _connection.Driver.ReadClock();
            var isDark = !track.Enabled || track.IsMuted || track.ReadyState == MediaStreamTrackState.Ended;
            if (!isDark || (track.Enabled && _lastPictureAt is { } last && now - last < BlackInterval))
            {
                return;
            }

            foreach (var encoding in plan.Encodings.Where(encoding => encoding.Parameters.Active))
            {
                SendBlack(encoding, plan, now);
            }
        }
    }

    private void SendBlack(EncodingPlan encoding, SendPlan plan, Instant now)
    {
        var format = _lastPictureFormat is { } shown && plan.Takes(encoding.Parameters, shown)
            ? shown
            : plan.FormatsOf(encoding.Parameters).FirstOrDefault();
        if (format is null
            || BlackFrames.For(format) is not { Length: > 0 } black
            || plan.PayloadTypeOf(format, black, encoding.Parameters) is not { } payloadType)
        {
            return;
        }

        _isBlack = true;
        var frame = new MediaFrame { Format = format, Data = black, IsKeyFrame = true };
        Post(plan.Carrier, encoding.Flow, frame, payloadType, now - _epoch, now);
    }
}
