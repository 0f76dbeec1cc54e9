using System.Runtime.InteropServices;
using Parley.Media;
using Parley.Net;
using Parley.Rtp;

namespace Parley;

/// <summary>
/// Brings a sender's frames from its track to the loop, each to the encodings that it is for. A track that cannot be sent now is not
/// attached, so its source rests. Timestamps go on over all tracks that a sender ever has: what is replaced continues the same clock.
/// </summary>
internal sealed partial class SenderFlow : IMediaSink
{
    private readonly PeerConnection _connection;
    private readonly RtpSender _sender;
    private readonly Lock _gate = new();
    private readonly Instant _epoch;

    /// <summary>The streams, one for each encoding that there has ever been. Replaced whole, with the connection's gate held.</summary>
    private volatile EncodingFlow[] _encodings;
    private IDisposable? _attachment;
    private MediaStreamTrack? _attached;
    private AudioEncoder? _encoder;
    private bool _cannotEncode;
    private string? _onlyRendition;
    private TimeSpan? _offset;
    private int _clockRate;
    private volatile SendPlan? _plan;
    private FrameTally _source = new();

    public SenderFlow(PeerConnection connection, RtpSender sender)
    {
        _connection = connection;
        _sender = sender;
        _epoch = connection.Driver.ReadClock();
        _encodings = [NewEncoding()];
    }

    /// <summary>The source of the first encoding, announced in descriptions while there is only one.</summary>
    public uint Ssrc => EncodingOf(_sender.SendEncodings[0].Rid).Ssrc;

    /// <summary>The source of its retransmissions.</summary>
    public uint RtxSsrc => EncodingOf(_sender.SendEncodings[0].Rid).RtxSsrc;

    /// <summary>The stream of an encoding: it keeps its source for as long as the sender lives. With the connection's gate held.</summary>
    public EncodingFlow EncodingOf(string? rid)
    {
        if (rid is null)
        {
            return _encodings[0];
        }

        var flow = Array.Find(_encodings, candidate => candidate.Rid == rid);
        if (flow is null)
        {
            flow = _encodings[0].Rid is null ? _encodings[0] : NewEncoding();
            flow.Rid = rid;
            if (!_encodings.Contains(flow))
            {
                _encodings = [.. _encodings, flow];
            }
        }

        return flow;
    }

    /// <summary>The stream of a source; null: it is none of this sender's.</summary>
    public EncodingFlow? EncodingOf(Ssrc ssrc) => Array.Find(_encodings, candidate => candidate.Ssrc == ssrc.Value);

    /// <summary>Whether a track of these formats can be sent as negotiated; an unknown format can.</summary>
    public bool CanSend(IReadOnlyList<MediaFormat> formats) =>
        formats.Count == 0
        || _plan is not { } plan
        || formats.Any(format => plan.Formats.Contains(format) || (IsPcm(format) && plan.Formats.Any(AudioEncoder.IsSupported)));

    /// <summary>Attaches or detaches the track as the state demands. Sources are a user's code, so this happens in a task.</summary>
    public void Update() => _connection.Queue.Enqueue(() =>
    {
        MediaStreamTrack? wanted;
        lock (_connection.Gate)
        {
            var transceiver = _sender.Transceiver;
            var sends = !_connection.IsClosed && !transceiver.IsStopping && transceiver.CurrentDirection.Sends() && _plan is { } plan
                && plan.Encodings.Any(encoding => encoding.Parameters.Active);
            wanted = sends ? _sender.Track : null;
        }

        Attach(wanted);
    });

    /// <summary>Another track is in the place of the one before: what it gives is counted from the beginning.</summary>
    public void OnTrackChanged()
    {
        lock (_gate)
        {
            _source = new FrameTally();
        }

        Update();
    }

    /// <summary>What is sent now; null for nothing.</summary>
    public SendPlan? Plan => _plan;

    /// <summary>What was negotiated: the formats that can be sent, the payload types for them, the encodings.</summary>
    public void SetPlan(SendPlan? plan)
    {
        lock (_gate)
        {
            WakeEncodings(_plan, plan);
            var changesEncoder = _plan is null || plan is null || _plan.Encodings[0].Parameters != plan.Encodings[0].Parameters;
            _plan = plan;
            if (changesEncoder)
            {
                ForgetEncoder();
            }
        }

        Update();
    }

    /// <summary>The peer asks for a key frame of a stream. In the driver's turn.</summary>
    public void OnKeyFrameRequested(Ssrc ssrc)
    {
        if (EncodingOf(ssrc) is { } wanted)
        {
            _connection.Queue.Enqueue(() => RequestKeyFrame(wanted));
        }
    }

    /// <summary>Asks the track for a key frame of an encoding.</summary>
    public void RequestKeyFrame(EncodingFlow flow)
    {
        if (_sender.Track is { } track)
        {
            track.RequestKeyFrame(flow.Rid is { } rid && track.Renditions.Contains(rid) ? rid : null);
        }
    }

    /// <summary>The application asks for key frames of encodings, in their order.</summary>
    public void RequestKeyFrames(IReadOnlyList<bool> wishes)
    {
        for (var i = 0; i < wishes.Count; i++)
        {
            if (wishes[i])
            {
                var flow = EncodingOf(_sender.SendEncodings[i].Rid);
                _connection.Queue.Enqueue(() => RequestKeyFrame(flow));
            }
        }
    }

    /// <summary>Begins a dial tone in the place of the sound.</summary>
    public void PlayTone(byte code, TimeSpan duration)
    {
        lock (_gate)
        {
            if (_plan is not { } plan)
            {
                return;
            }

            var clockRate = _clockRate != 0 ? _clockRate : plan.Formats.FirstOrDefault()?.ClockRate ?? 0;
            if (plan.TelephoneEvent(clockRate) is not { } codec)
            {
                return;
            }

            var flow = plan.Encodings[0].Flow;
            var tone = new RtpTelephoneEvent
            {
                PayloadType = new PayloadType((byte)codec.PayloadType),
                Code = code,
                Duration = duration,
                Timestamp = new RtpTimestamp(Ticks(_connection.Driver.ReadClock() - _epoch, codec.ClockRate)),
            };
            plan.Carrier.Post(new TransportOrder.SendTone(new Ssrc(flow.Ssrc), tone));
        }
    }

    public void OnFrame(MediaStreamTrack track, in MediaFrame frame)
    {
        var now = _connection.Driver.ReadClock();
        lock (_gate)
        {
            if (track != _attached || _plan is not { } plan || !PassesWhileDisabled(track, frame, now))
            {
                return;
            }

            CountSource(track, frame, now);
            if (IsPcm(frame.Format) && !plan.Formats.Contains(frame.Format))
            {
                Encode(frame, plan, now);
            }
            else
            {
                Distribute(frame, plan, now);
            }
        }
    }

    private static bool IsPcm(MediaFormat format) => string.Equals(format.Name, "L16", StringComparison.OrdinalIgnoreCase);

    private static uint Ticks(TimeSpan time, int clockRate) => (uint)(time.Ticks * clockRate / TimeSpan.TicksPerSecond);

    private EncodingFlow NewEncoding() => new(_connection.Platform.Random.NextUInt32() | 1, _connection.Platform.Random.NextUInt32() | 1);

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
            _onlyRendition = wanted is { Renditions: [.., var last] } ? last : null;
            ForgetEncoder();
        }

        _attachment?.Dispose();
        _attachment = wanted?.Attach(this);
        WatchPictures(wanted);
    }

    /// <summary>Encodings that were paused, or are new, begin with a key frame.</summary>
    private void WakeEncodings(SendPlan? before, SendPlan? after)
    {
        if (before is null || after is null || _attached?.Kind != MediaKind.Video)
        {
            return;
        }

        foreach (var encoding in after.Encodings.Where(encoding =>
            encoding.Parameters.Active && !before.Encodings.Any(old => old.Flow == encoding.Flow && old.Parameters.Active)))
        {
            _connection.Queue.Enqueue(() => RequestKeyFrame(encoding.Flow));
        }
    }

    private void ForgetEncoder()
    {
        _encoder?.Dispose();
        _encoder = null;
        _cannotEncode = false;
    }

    private void Encode(in MediaFrame frame, SendPlan plan, Instant now)
    {
        if (_encoder is null && !_cannotEncode)
        {
            _encoder = CreateEncoder(frame.Format, plan);
            _cannotEncode = _encoder is null;
        }

        var level = frame.AudioLevel ?? LevelOf(frame);
        var (voice, contributors) = (frame.VoiceActivity, frame.Contributors);
        _encoder?.Encode(frame, (in MediaFrame encoded) =>
            Distribute(encoded with { AudioLevel = level, VoiceActivity = voice, Contributors = contributors }, plan, now));
    }

    /// <summary>An encoder to the first negotiated format that this machine can make; without libopus that is G.711.</summary>
    private AudioEncoder? CreateEncoder(MediaFormat source, SendPlan plan)
    {
        var parameters = plan.Encodings[0].Parameters;
        foreach (var format in plan.FormatsOf(parameters))
        {
            try
            {
                return AudioEncoder.Create(format, source, OptionsFor(parameters));
            }
            catch (NotSupportedException error)
            {
                ConnectionLog.EncoderMissing(_connection.Logger, error.Message);
            }
        }

        return null;
    }

    /// <summary>maxBitrate counts the headers of 50 packets a second too (RFC 3890 §6.2.2).</summary>
    private static OpusEncoderOptions OptionsFor(RtpEncodingParameters parameters) =>
        parameters.MaxBitrate is { } bound
            ? new OpusEncoderOptions { Bitrate = (int)Math.Clamp(bound - 9_600L, 6_000, 510_000) }
            : new OpusEncoderOptions();

    /// <summary>Gives a frame to each encoding that it is for.</summary>
    private void Distribute(in MediaFrame frame, SendPlan plan, Instant now)
    {
        for (var i = 0; i < plan.Encodings.Count; i++)
        {
            var encoding = plan.Encodings[i];
            if (!encoding.Parameters.Active
                || !IsFor(frame, encoding, plan.Encodings.Count)
                || plan.PayloadTypeOf(frame.Format, frame.Data.Span, encoding.Parameters) is not { } payloadType)
            {
                continue;
            }

            if (encoding.Flow.Throttle.Admits(frame, encoding.Parameters, now, out var wantsKeyFrame))
            {
                _offset ??= now - _epoch - frame.Timestamp;
                Post(plan.Carrier, encoding.Flow, frame, payloadType, _offset.Value + frame.Timestamp, now);
            }
            else if (wantsKeyFrame)
            {
                _connection.Queue.Enqueue(() => RequestKeyFrame(encoding.Flow));
            }

            encoding.Flow.Limitation.Set(
                encoding.Flow.Throttle.IsShortOfBits ? QualityLimitationReason.Bandwidth : QualityLimitationReason.None, now);
        }
    }

    /// <summary>
    /// A rendition is for the encoding of its name; where there is one encoding only, the best rendition is for it. What has no name is for
    /// all.
    /// </summary>
    private bool IsFor(in MediaFrame frame, EncodingPlan encoding, int count)
    {
        if (frame.Rendition is not { } rendition)
        {
            return true;
        }

        if (count == 1)
        {
            _onlyRendition ??= rendition;
            return rendition == _onlyRendition;
        }

        return rendition == encoding.Flow.Rid;
    }

    private void Post(DrivenTransport carrier, EncodingFlow flow, in MediaFrame frame, int payloadType, TimeSpan time, Instant now)
    {
        _clockRate = frame.Format.ClockRate;
        var outgoing = flow.Frames.Take();
        outgoing.Fill(frame.Data.Span);
        outgoing.Format = frame.Format;
        outgoing.PayloadType = payloadType;
        outgoing.RtpTimestamp = Ticks(time, _clockRate);
        outgoing.IsKeyFrame = frame.IsKeyFrame;
        outgoing.CapturedAt = now;
        outgoing.AudioLevel = frame.AudioLevel;
        outgoing.VoiceActivity = frame.VoiceActivity;
        outgoing.Orientation = frame.Orientation;
        outgoing.Contributors = frame.Contributors.IsEmpty ? null : frame.Contributors.ToArray();
        carrier.SendFrame(outgoing);
    }
}
