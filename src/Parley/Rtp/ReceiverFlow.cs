using Parley.Media;
using Parley.Net;
using Parley.Rtp;

namespace Parley;

/// <summary>
/// Takes frames from the loop to a receiver's track, and unmutes it with the first (webrtc-pc §5.3 and §9.3). Of several encodings each
/// goes to its own track, and the best of those that come to the receiver's.
/// </summary>
internal sealed class ReceiverFlow(PeerConnection connection, RtpReceiver receiver)
{
    /// <summary>After how long without a frame another encoding takes over.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly HashSet<MediaStreamTrack> _unmuting = [];
    private readonly RtpContributor[] _contributors = new RtpContributor[15];
    private Rtp.RtpCodec? _codec;
    private MediaFormat? _format;
    private long? _firstTimestamp;
    private RtpInboundStream? _shown;
    private Instant _shownAt;
    private TimeSpan _shownOffset;
    private Instant? _utcAt;
    private DateTimeOffset _utc;
    private TimeSpan _shownUntil;

    /// <summary>The sources heard lately.</summary>
    public ReceivedSources Sources { get; } = new();

    /// <summary>Delivers a frame. In the loop.</summary>
    public void Deliver(RtpInboundStream stream, ReceivedFrame frame, Instant now)
    {
        if (!receiver.Transceiver.IsReceptive)
        {
            return;
        }

        if (receiver.Track.ReadyState == MediaStreamTrackState.Live)
        {
            Sources.OnFrame(stream.Ssrc, frame, receiver.Track.Kind == MediaKind.Audio, UtcAt(now));
        }

        var encodings = receiver.Encodings;
        if (encodings.Count < 2)
        {
            _firstTimestamp ??= frame.ExtendedTimestamp;
            Write(receiver.Track, ToMediaFrame(frame, frame.ExtendedTimestamp - _firstTimestamp.Value, now));
            return;
        }

        var media = ToMediaFrame(frame, frame.ExtendedTimestamp - (stream.FirstTimestamp ??= frame.ExtendedTimestamp), now);
        if (encodings.FirstOrDefault(encoding => encoding.Rid == stream.Rid) is { } own)
        {
            Write(own.Track, media);
        }

        Show(stream, media, encodings, now);
    }

    /// <summary>The wall-clock time of a turn of the loop; frames of one turn share one look at the clock.</summary>
    private DateTimeOffset UtcAt(Instant now)
    {
        if (now != _utcAt)
        {
            (_utcAt, _utc) = (now, connection.Platform.TimeProvider.GetUtcNow());
        }

        return _utc;
    }

    /// <summary>
    /// A source said goodbye: "it MUST queue a task to set the muted state of the corresponding MediaStreamTrack to true" (webrtc-pc §9.3).
    /// In the loop.
    /// </summary>
    public void OnGoodbye(RtpInboundStream stream)
    {
        var encoding = receiver.Encodings.FirstOrDefault(candidate => candidate.Rid == stream.Rid);
        connection.Queue.Enqueue(() =>
        {
            encoding?.Track.SetMuted(true, connection.Queue.Raise);
            receiver.Track.SetMuted(true, connection.Queue.Raise);
        });
    }

    /// <summary>The peer's dial tone begins, or is over when it has a duration. In the loop.</summary>
    public void OnTone(byte code, TimeSpan? duration)
    {
        if (receiver.Transceiver.IsReceptive && DtmfSender.KeyOf(code) is { } key)
        {
            connection.Queue.Enqueue(() => receiver.RaiseTone(key, duration));
        }
    }

    /// <summary>Asks the peer for a key frame, of one encoding or of all.</summary>
    public void RequestKeyFrame(string? rid)
    {
        if (receiver.TransportSlot is { } transport)
        {
            connection.Post(transport.Driven, new TransportOrder.RequestKeyFrame(receiver.Transceiver.Number, rid));
        }
    }

    /// <summary>
    /// The receiver's own track carries one encoding at a time, and changes over at key frames: to a better one, or to any when the present
    /// one is silent.
    /// </summary>
    private void Show(RtpInboundStream stream, in MediaFrame frame, IReadOnlyList<RtpReceivedEncoding> encodings, Instant now)
    {
        if (stream != _shown && frame.IsKeyFrame && (_shown is null || now - _shownAt > Silence || Rank(stream) > Rank(_shown)))
        {
            // Each stream has a clock of its own: the track's timeline goes on by the time that has passed.
            var elapsed = _shown is null ? TimeSpan.Zero : now - _shownAt;
            _shownOffset = _shownUntil + elapsed - frame.Timestamp;
            _shown = stream;
        }

        if (stream == _shown)
        {
            _shownAt = now;
            _shownUntil = frame.Timestamp + _shownOffset;
            Write(receiver.Track, frame with { Timestamp = _shownUntil });
        }

        int Rank(RtpInboundStream of)
        {
            for (var i = 0; i < encodings.Count; i++)
            {
                if (encodings[i].Rid == of.Rid)
                {
                    return i;
                }
            }

            return -1;
        }
    }

    private MediaFrame ToMediaFrame(ReceivedFrame frame, long ticks, Instant now) => new()
    {
        Format = FormatOf(frame.Codec),
        Data = frame.Data,
        Timestamp = TimeSpan.FromTicks(Proportion.Of(ticks, TimeSpan.TicksPerSecond, frame.Codec.ClockRate)),
        IsKeyFrame = frame.IsKeyFrame,
        RtpTimestamp = frame.Timestamp.Value,
        CapturedAt = frame.CapturedAt?.ToDateTimeOffset(),
        At = now,
        FollowsLoss = frame.FollowsLoss,
        AudioLevel = frame.AudioLevel,
        VoiceActivity = frame.VoiceActivity,
        Orientation = frame.Orientation,
        Contributors = ContributorsOf(frame),
    };

    private ReadOnlyMemory<RtpContributor> ContributorsOf(ReceivedFrame frame)
    {
        var sources = frame.ContributingSources;
        var levels = frame.ContributingLevels;
        for (var i = 0; i < sources.Length; i++)
        {
            _contributors[i] = new RtpContributor(sources[i], i < levels.Length ? levels[i] : null);
        }

        return _contributors.AsMemory(0, sources.Length);
    }

    /// <summary>The media format of a codec, made once for each.</summary>
    public MediaFormat FormatOf(Rtp.RtpCodec codec)
    {
        if (!ReferenceEquals(codec, _codec))
        {
            _codec = codec;
            _format = new MediaFormat(codec.Name, codec.ClockRate, codec.Channels);
        }

        return _format!;
    }

    private void Write(MediaStreamTrack track, in MediaFrame frame)
    {
        if (track.IsMuted)
        {
            bool isNew;
            lock (_unmuting)
            {
                isNew = _unmuting.Add(track);
            }

            if (isNew)
            {
                connection.Queue.Enqueue(() => Unmute(track));
            }
        }

        try
        {
            track.Write(frame);
        }
        catch (Exception error)
        {
            // A sink is a user's code: the loop goes on.
            ConnectionLog.HandlerFailed(connection.Logger, error);
        }
    }

    private void Unmute(MediaStreamTrack track)
    {
        lock (_unmuting)
        {
            _unmuting.Remove(track);
        }

        bool receptive;
        lock (connection.Gate)
        {
            receptive = receiver.Transceiver.IsReceptive && !connection.IsClosed;
        }

        if (receptive)
        {
            track.SetMuted(false, connection.Queue.Raise);
        }
    }
}
