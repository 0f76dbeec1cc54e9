using System.Buffers;
using Parley.Media;
using Parley.Net;
using Parley.Rtp;

namespace Parley;

/// <summary>
/// Brings a sender's frames from its track to the loop. A track that cannot be sent now is not attached, so its source rests.
/// Timestamps go on over all tracks that a sender ever has: what is replaced continues the same clock.
/// </summary>
internal sealed class SenderFlow(PeerConnection connection, RtpSender sender) : IMediaSink
{
    private readonly Lock _gate = new();
    private readonly Instant _epoch = connection.Loop.Now;
    private IDisposable? _attachment;
    private MediaStreamTrack? _attached;
    private AudioEncoder? _encoder;
    private bool _cannotEncode;
    private TimeSpan? _offset;
    private volatile SendPlan? _plan;

    /// <summary>The stream's source, announced in descriptions.</summary>
    public uint Ssrc { get; } = connection.Platform.Random.NextUInt32() | 1;

    /// <summary>The source of its retransmissions.</summary>
    public uint RtxSsrc { get; } = connection.Platform.Random.NextUInt32() | 1;

    /// <summary>The stream in the loop's session; only the loop touches it.</summary>
    public RtpOutbound? Outbound { get; set; }

    /// <summary>Attaches or detaches the track as the state demands. Sources are a user's code, so this happens in a task.</summary>
    public void Update() => connection.Queue.Enqueue(() =>
    {
        MediaStreamTrack? wanted;
        lock (connection.Gate)
        {
            var transceiver = sender.Transceiver;
            var sends = !connection.IsClosed && !transceiver.IsStopping && transceiver.CurrentDirection.Sends() && _plan is not null;
            wanted = sends ? sender.Track : null;
        }

        Attach(wanted);
    });

    /// <summary>What was negotiated: the formats that can be sent and the payload types for them.</summary>
    public void SetPlan(SendPlan? plan)
    {
        _plan = plan;
        Update();
    }

    public void RequestKeyFrame() => sender.Track?.RequestKeyFrame();

    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        lock (_gate)
        {
            if (track != _attached || _plan is not { } plan)
            {
                return;
            }

            if (plan.PayloadTypeOf(frame.Format) is { } payloadType)
            {
                Post(track, frame, payloadType);
            }
            else if (string.Equals(frame.Format.Name, "L16", StringComparison.OrdinalIgnoreCase))
            {
                Encode(track, frame, plan);
            }
        }
    }

    /// <summary>Hands a frame to the session. In the loop.</summary>
    public void Send(in OutgoingFrame frame, Instant now)
    {
        Outbound?.Send(
            new RtpFrame
            {
                PayloadType = new PayloadType((byte)frame.PayloadType),
                Timestamp = new RtpTimestamp(frame.RtpTimestamp),
                Data = frame.Buffer.AsSpan(0, frame.Length),
                IsKeyFrame = frame.IsKeyFrame,
                CapturedAt = frame.CapturedAt,
            },
            now);
        ArrayPool<byte>.Shared.Return(frame.Buffer);
    }

    private void Attach(MediaStreamTrack? wanted)
    {
        lock (_gate)
        {
            if (wanted == _attached)
            {
                return;
            }

            _attached = wanted;
            _offset = null;
            _encoder?.Dispose();
            _encoder = null;
            _cannotEncode = false;
        }

        _attachment?.Dispose();
        _attachment = wanted?.Attach(this);
    }

    private void Encode(MediaStreamTrack track, in MediaFrame frame, SendPlan plan)
    {
        if (_encoder is null && !_cannotEncode)
        {
            _encoder = CreateEncoder(frame.Format, plan);
            _cannotEncode = _encoder is null;
        }

        _encoder?.Encode(frame, (in MediaFrame encoded) => Post(track, encoded, plan.PayloadTypeOf(encoded.Format)!.Value));
    }

    /// <summary>An encoder to the first negotiated format that this machine can make; without libopus that is G.711.</summary>
    private AudioEncoder? CreateEncoder(MediaFormat source, SendPlan plan)
    {
        foreach (var format in plan.Formats)
        {
            try
            {
                return AudioEncoder.Create(format, source);
            }
            catch (NotSupportedException error)
            {
                ConnectionLog.EncoderMissing(connection.Logger, error.Message);
            }
        }

        return null;
    }

    private void Post(MediaStreamTrack track, in MediaFrame frame, int payloadType)
    {
        var data = frame.Data.Span;
        if (!track.Enabled)
        {
            if (SilentFrames.For(frame.Format) is not { Length: > 0 } silence)
            {
                return;
            }

            data = silence;
        }

        var now = connection.Loop.Now;
        _offset ??= now - _epoch - frame.Timestamp;
        var time = _offset.Value + frame.Timestamp;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, data.Length));
        data.CopyTo(buffer);
        connection.Loop.SendFrame(new OutgoingFrame(
            this,
            buffer,
            data.Length,
            payloadType,
            (uint)(time.Ticks * frame.Format.ClockRate / TimeSpan.TicksPerSecond),
            frame.IsKeyFrame,
            now));
    }
}
