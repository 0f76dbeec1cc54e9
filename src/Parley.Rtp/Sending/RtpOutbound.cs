using System.Text;
using Parley.Net;

namespace Parley.Rtp;

/// <summary>
/// One stream being sent: <see cref="Send"/> cuts frames into packets, which leave by <see cref="RtpSession.Transmit"/>. Made by
/// <see cref="RtpSession.AddOutbound"/>.
/// </summary>
public sealed partial class RtpOutbound
{
    private const int MaxIdentifierLength = 255;

    private readonly RtpSession _session;
    private readonly SendStore _store;
    private readonly uint _timestampOffset;
    private readonly Dictionary<byte, Packetizer> _packetizers = [];
    private readonly WholePacketizer _whole = new();
    private RtpOutboundStatistics _statistics;
    private byte[] _mid = [];
    private byte[] _rid = [];
    private int _headerRoom;
    private int _payloadRoom;
    private bool _twoByte;
    private uint _rebase;
    private long _sequence;
    private long _firstSequence;
    private long _rtxSequence;
    private uint _lastTimestamp;
    private Instant _lastCapturedAt;
    private int _lastClockRate;
    private bool _startsTalkspurt = true;
    private byte? _orientation;
    private bool _identified;
    private bool _rtxIdentified;
    private bool _active = true;
    private bool _hasTimestamp;

    internal RtpOutbound(RtpSession session, RtpOutboundOptions options, Ssrc ssrc, RandomSource random)
    {
        _session = session;
        _store = new SendStore(session.Options.SendBufferSize);
        Ssrc = ssrc;
        RtxSsrc = options.RtxSsrc;
        Random = random;

        // RFC 3550 §5.1: both begin at random. The top half is left out, so that the roll-over counter of SRTP is not put to the test at
        // once (RFC 3711 §3.3.1).
        _firstSequence = _sequence = random.NextUInt32() & 0x7FFF;
        _rtxSequence = random.NextUInt32() & 0x7FFF;
        _timestampOffset = random.NextUInt32();
        Apply(options);
    }

    /// <summary>What was negotiated last.</summary>
    public RtpOutboundOptions Options { get; private set; } = null!;

    /// <summary>The stream.</summary>
    public Ssrc Ssrc { get; }

    /// <summary>The stream of its retransmissions; null: none.</summary>
    public Ssrc? RtxSsrc { get; }

    /// <summary>
    /// Whether anything is sent. Turned off, what waits is dropped; turned on again, sequence numbers and RTP time go on, and
    /// sound begins with its marker set.
    /// </summary>
    public bool Active
    {
        get => _active;
        set
        {
            if (_active == value)
            {
                return;
            }

            _active = value;
            _startsTalkspurt = true;
            _identified = _rtxIdentified = false;
            if (!value)
            {
                DropQueue();
                _resendCount = 0;
                _eventNext = null;
            }
        }
    }

    /// <summary>Figures so far.</summary>
    public RtpOutboundStatistics Statistics => _statistics;

    /// <summary>The codec of the last frame; null before one.</summary>
    public RtpCodec? Codec { get; private set; }

    /// <summary>Bytes of payload waiting to be sent.</summary>
    public int QueuedBytes { get; private set; }

    /// <summary>The largest payload that fits a packet, in bytes: the limit of frames that go in one packet.</summary>
    public int MaxPayloadSize => _payloadRoom;

    internal RandomSource Random { get; }

    internal bool HasSent => _statistics.PacketsSent > 0;

    internal ref RtpOutboundStatistics Count => ref _statistics;

    /// <summary>The numbers that the next packets get.</summary>
    internal (long Next, long NextRtx) NextNumbers => (_sequence, _rtxSequence);

    /// <summary>Goes on with the numbers of the stream that had the SSRC before.</summary>
    internal void Resume(long next, long nextRtx)
    {
        _firstSequence = _sequence = next;
        _rtxSequence = Math.Max(_rtxSequence, nextRtx);
    }

    /// <summary>Takes over what was negotiated anew. The SSRCs stay; sequence numbers and RTP time go on.</summary>
    /// <exception cref="ArgumentException">A mid or rid is longer than 255 bytes.</exception>
    public void Update(RtpOutboundOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Apply(options);
    }

    /// <summary>Whether a payload type is among those negotiated.</summary>
    public bool Supports(PayloadType payloadType) => FindCodec(payloadType) is not null;

    /// <summary>Cuts a frame into packets and queues them.</summary>
    /// <param name="frame">The frame; its bytes are copied.</param>
    /// <param name="now">The present.</param>
    /// <returns>False: dropped whole, since sending is off, a tone is being sent, the queue is full, or the frame cannot be cut to
    /// fit.</returns>
    /// <exception cref="ArgumentException">The payload type is not negotiated.</exception>
    public bool Send(in RtpFrame frame, Instant now)
    {
        var codec = FindCodec(frame.PayloadType)
            ?? throw new ArgumentException($"Payload type {frame.PayloadType} is not negotiated.", nameof(frame));
        if (!_packetizers.TryGetValue(codec.PayloadType.Value, out var packetizer))
        {
            _packetizers.Add(codec.PayloadType.Value, packetizer = Packetizer.For(codec, Random));
        }

        if (!TrySend(frame, codec, packetizer, now))
        {
            return false;
        }

        if (frame.IsKeyFrame && packetizer.MarksFrameEnd)
        {
            _statistics.KeyFramesSent++;
            _keyFramePending = false;
        }

        return true;
    }

    /// <summary>
    /// Queues one packet with a payload as it is, whatever the codec: for payload formats the caller cuts itself, and for any
    /// other data that RTP is to carry.
    /// </summary>
    /// <param name="packet">The payload with its timestamp and marker.</param>
    /// <param name="now">The present.</param>
    /// <returns>False: dropped, since sending is off, the queue is full, or the payload is longer than
    /// <see cref="MaxPayloadSize"/>.</returns>
    /// <exception cref="ArgumentException">The payload type is not negotiated.</exception>
    public bool SendPacket(in RtpFrame packet, Instant now)
    {
        var codec = FindCodec(packet.PayloadType)
            ?? throw new ArgumentException($"Payload type {packet.PayloadType} is not negotiated.", nameof(packet));
        return TrySend(packet, codec, _whole, now);
    }

    private bool TrySend(in RtpFrame frame, RtpCodec codec, Packetizer packetizer, Instant now)
    {
        if (IsSendingEvent)
        {
            return false;
        }

        var capturedAt = frame.CapturedAt ?? now;
        var timestamp = WireTimestamp(frame, codec, capturedAt);
        if (!_active)
        {
            _statistics.FramesDropped++;
            return false;
        }

        if (!packetizer.TryBegin(frame.Data, frame.IsKeyFrame, _payloadRoom - RoomFor(CountOf(frame))))
        {
            _session.LogMalformed(codec, frame.Data.Length, isFirst: _statistics.FramesMalformed++ == 0);
            _statistics.FramesDropped++;
            return false;
        }

        var isAlone = _store.Cursor == _store.End;
        if (!TryQueue(frame, codec, packetizer, timestamp, now))
        {
            if (isAlone)
            {
                _session.LogTooLarge(codec, frame.Data.Length, isFirst: _statistics.FramesTooLarge++ == 0);
            }

            _statistics.FramesDropped++;
            return false;
        }

        (_lastTimestamp, _lastCapturedAt, _lastClockRate, _hasTimestamp) = (timestamp, capturedAt, codec.ClockRate, true);
        Codec = codec;
        return true;
    }

    private RtpCodec? FindCodec(PayloadType type)
    {
        var codecs = Options.Codecs;
        for (var i = 0; i < codecs.Count; i++)
        {
            if (codecs[i].PayloadType == type)
            {
                return codecs[i];
            }
        }

        return null;
    }

    private uint WireTimestamp(in RtpFrame frame, RtpCodec codec, Instant capturedAt)
    {
        if (_hasTimestamp && (frame.IsDiscontinuous || codec.ClockRate != _lastClockRate))
        {
            // The wire's clock goes on from the last frame by the time that has passed.
            var elapsed = (Int128)(capturedAt.Nanoseconds - _lastCapturedAt.Nanoseconds) * codec.ClockRate / 1_000_000_000;
            _rebase = _lastTimestamp + (uint)(long)Int128.Max(elapsed, 1) - frame.Timestamp.Value - _timestampOffset;
        }

        return frame.Timestamp.Value + _timestampOffset + _rebase;
    }

    private bool TryQueue(in RtpFrame frame, RtpCodec codec, Packetizer packetizer, uint timestamp, Instant now)
    {
        var options = _session.Options;
        var first = _store.End;
        var keepSince = KeepsHistory(codec) ? now - options.HistoryDuration : Instant.MaxValue;
        var flags = SendFlags.FrameStart | (frame.AudioLevel is null ? 0 : SendFlags.HasAudioLevel)
            | (TellsLevels(frame) ? SendFlags.HasMixerLevels : 0);
        var headerRoom = _headerRoom + RoomFor(CountOf(frame));
        var tellsOrientation = TellsOrientation(frame, out var orientation);
        do
        {
            if (!_store.TryReserve(_headerRoom + _payloadRoom, keepSince, out var room))
            {
                _store.RollBack(first);
                return false;
            }

            KeepContributors(frame, room);
            var length = packetizer.Next(frame.Data, room[headerRoom..]);
            var last = packetizer.AtEnd;
            var marker = packetizer.MarksFrameEnd ? last : frame.Marker || (_startsTalkspurt && packetizer != _whole);
            _store.Commit(new SendRecord
            {
                HeaderLength = (ushort)headerRoom,
                PayloadLength = (ushort)length,
                Timestamp = timestamp,
                PayloadType = codec.PayloadType,
                RtxPayloadType = codec.RtxPayloadType,
                AudioLevel = (byte)((frame.VoiceActivity ? 0x80 : 0) | Math.Min((byte)127, frame.AudioLevel ?? 127)),
                Orientation = orientation,
                Contributors = (byte)CountOf(frame),
                CapturedAt = frame.CapturedAt ?? now,
                Flags = flags | (marker ? SendFlags.Marker : 0) | (last ? SendFlags.FrameEnd : 0)
                    | (last && tellsOrientation ? SendFlags.HasOrientation : 0),
                QueuedAt = now,
            });
            flags &= ~SendFlags.FrameStart;
        }
        while (!packetizer.AtEnd);

        for (var i = first; i < _store.End; i++)
        {
            QueuedBytes += _store[i].PayloadLength;
        }

        _startsTalkspurt = false;
        return true;
    }

    /// <summary>
    /// 3GPP TS 26.114 §7.4.5: on the last packet of each key frame, and of another frame when it changes. Receivers that take its absence
    /// for upright, as libwebrtc
    /// does, need it with each frame that is not.
    /// </summary>
    private bool TellsOrientation(in RtpFrame frame, out byte value)
    {
        value = (frame.Orientation ?? default).ToByte();
        if (frame.Orientation is null && _orientation is null)
        {
            return false;
        }

        var tells = frame.IsKeyFrame || value != 0 || value != _orientation;
        _orientation = value;
        return tells;
    }

    private static bool KeepsHistory(RtpCodec codec) => (codec.Feedback & RtpFeedback.Nack) != 0;

    private void DropQueue()
    {
        while (_store.Cursor < _store.End)
        {
            DropNext();
        }
    }

    private void DropNext()
    {
        ref var record = ref _store[_store.Cursor];
        record.Flags |= SendFlags.Dropped;
        record.Sequence = _sequence - 1;
        QueuedBytes -= record.PayloadLength;
        if ((record.Flags & SendFlags.FrameEnd) != 0)
        {
            _statistics.FramesDropped++;
        }

        _store.MoveOn();
    }

    private void Apply(RtpOutboundOptions options)
    {
        var mid = Encoding.UTF8.GetBytes(options.Mid ?? "");
        var rid = Encoding.UTF8.GetBytes(options.Rid ?? "");
        if (mid.Length > MaxIdentifierLength || rid.Length > MaxIdentifierLength)
        {
            throw new ArgumentException("A mid or rid is at most 255 bytes long.", nameof(options));
        }

        ForgetPacketizers(options.Codecs);
        Options = options;
        (_mid, _rid) = (mid, rid);
        _identified = _rtxIdentified = false;
        var ids = options.Extensions;
        _twoByte = ids.Highest > 14
            || (ids.Mid != 0 && mid.Length > 16) || ((ids.Rid | ids.RepairedRid) != 0 && rid.Length > 16);
        var head = _twoByte ? 2 : 1;
        var extension = (ids.Mid != 0 && mid.Length > 0 ? head + mid.Length : 0)
            + ((ids.Rid | ids.RepairedRid) != 0 && rid.Length > 0 ? head + rid.Length : 0)
            + (ids.AbsoluteSendTime != 0 ? head + 3 : 0) + (ids.TransportSequenceNumber != 0 ? head + 2 : 0)
            + (ids.AudioLevel != 0 ? head + 1 : 0)
            + (ids.AbsoluteCaptureTime != 0 ? head + CaptureTimeLength : 0) + (ids.VideoOrientation != 0 ? head + 1 : 0);
        _headerRoom = RtpPacketView.FixedHeaderLength + (extension == 0 ? 0 : 4 + (extension + 3) / 4 * 4);
        _payloadRoom = _session.MaxPacketSize - _headerRoom - (RtxSsrc is null ? 0 : 2);
    }

    /// <summary>A codec that stays goes on counting its pictures: a gap would look like loss.</summary>
    private void ForgetPacketizers(IReadOnlyList<RtpCodec> codecs)
    {
        foreach (var type in _packetizers.Keys.ToArray())
        {
            var before = FindCodec(new PayloadType(type))?.Name;
            if (!codecs.Any(codec =>
                codec.PayloadType.Value == type && string.Equals(codec.Name, before, StringComparison.OrdinalIgnoreCase)))
            {
                _packetizers.Remove(type);
            }
        }
    }
}
