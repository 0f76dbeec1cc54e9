using Parley.Media;
using Parley.Net;

namespace Parley;

/// <summary>Takes frames from the loop to a receiver's track, and unmutes it with the first (webrtc-pc §5.3).</summary>
internal sealed class ReceiverFlow(PeerConnection connection, RtpReceiver receiver)
{
    private Rtp.RtpCodec? _codec;
    private MediaFormat? _format;
    private bool _unmuteQueued;
    private long? _firstTimestamp;

    /// <summary>The section in the loop's session; only the loop touches it.</summary>
    public Rtp.RtpInbound? Inbound { get; set; }

    /// <summary>The media format of a codec, made once for each. In the loop.</summary>
    public MediaFormat FormatOf(Rtp.RtpCodec codec)
    {
        if (!ReferenceEquals(codec, _codec))
        {
            _codec = codec;
            _format = new MediaFormat(codec.Name, codec.ClockRate, codec.Channels);
        }

        return _format!;
    }

    /// <summary>Delivers a frame. In the loop.</summary>
    public void Deliver(MediaFormat format, ReadOnlyMemory<byte> data, long extendedTimestamp, bool isKeyFrame, bool followsLoss, DateTimeOffset? capturedAt, Instant now)
    {
        if (!receiver.Transceiver.IsReceptive)
        {
            return;
        }

        if (receiver.Track.IsMuted && !_unmuteQueued)
        {
            _unmuteQueued = true;
            connection.Queue.Enqueue(Unmute);
        }

        _firstTimestamp ??= extendedTimestamp;
        receiver.Track.Write(new MediaFrame
        {
            Format = format,
            Data = data,
            Timestamp = TimeSpan.FromTicks((long)((Int128)(extendedTimestamp - _firstTimestamp.Value) * TimeSpan.TicksPerSecond / format.ClockRate)),
            IsKeyFrame = isKeyFrame,
            RtpTimestamp = (uint)extendedTimestamp,
            CapturedAt = capturedAt,
            At = now,
            FollowsLoss = followsLoss,
        });
    }

    private void Unmute()
    {
        _unmuteQueued = false;
        bool receptive;
        lock (connection.Gate)
        {
            receptive = receiver.Transceiver.IsReceptive && !connection.IsClosed;
        }

        if (receptive)
        {
            receiver.Track.SetMuted(false);
        }
    }
}
