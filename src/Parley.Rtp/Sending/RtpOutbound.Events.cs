using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Rtp;

/// <content>Telephone events (RFC 4733). While one is sent, and until its last repetition has left, sound does not pass: the tone stands in
/// its place (§2.1).</content>
public sealed partial class RtpOutbound
{
    //  0                   1                   2                   3
    //  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    // +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    // |     event     |E|R| volume    |          duration             |   §2.3
    // +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    private const int EventPayloadLength = 4;
    private const byte EndBit = 0x80;

    /// <summary>-10 dBm0, as loud as a telephone's key (§2.3.4, in -dBm0).</summary>
    private const byte EventVolume = 10;

    /// <summary>§2.5.1.3: an event that lasts longer goes on in another segment.</summary>
    private const int MaxSegment = 0xFFFF;

    /// <summary>§2.5.1.4: "The final packet for each event and for each segment SHOULD be sent a total of three times".</summary>
    private const int FinalPackets = 3;

    /// <summary>How often the tone's growing duration is told: as often as sound packets come (§2.5.1.2).</summary>
    private static readonly TimeSpan EventUpdateInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Nearer together than updates, so that the last one leaves before the least gap between tones, 30 ms, is over.</summary>
    private static readonly TimeSpan FinalPacketInterval = TimeSpan.FromMilliseconds(10);

    private RtpTelephoneEvent _event;
    private RtpCodec? _eventCodec;
    private Instant? _eventNext;
    private Instant _eventStart;
    private uint _eventTimestamp;
    private long _eventSegment;
    private int _eventFinals;
    private bool _eventMarked;

    /// <summary>Whether a tone is being sent.</summary>
    public bool IsSendingEvent => _eventNext is not null;

    /// <summary>Begins a tone. One that is under way is cut short.</summary>
    /// <param name="tone">The tone.</param>
    /// <param name="now">The present.</param>
    /// <returns>False: sending is off.</returns>
    /// <exception cref="ArgumentException">The payload type is not negotiated.</exception>
    public bool SendEvent(in RtpTelephoneEvent tone, Instant now)
    {
        var codec = FindCodec(tone.PayloadType)
            ?? throw new ArgumentException($"Payload type {tone.PayloadType} is not negotiated.", nameof(tone));
        if (!_active)
        {
            return false;
        }

        var frame = new RtpFrame { PayloadType = tone.PayloadType, Timestamp = tone.Timestamp, Data = default };
        _eventTimestamp = WireTimestamp(frame, codec, now);
        (_lastTimestamp, _lastCapturedAt, _lastClockRate, _hasTimestamp) = (_eventTimestamp, now, codec.ClockRate, true);
        (_event, _eventCodec, _eventStart, _eventSegment, _eventFinals, _eventMarked) = (tone, codec, now, 0, 0, false);
        _eventNext = now + Earlier(EventUpdateInterval, tone.Duration);
        return true;
    }

    private static TimeSpan Earlier(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private void AdvanceEvent(Instant now)
    {
        while (_eventNext is { } due && due <= now)
        {
            SendEventUpdate(due, now);
        }
    }

    private void SendEventUpdate(Instant due, Instant now)
    {
        var elapsed = Earlier(due - _eventStart, _event.Duration);
        var ticks = elapsed.Ticks * _eventCodec!.ClockRate / TimeSpan.TicksPerSecond - _eventSegment;
        while (ticks > MaxSegment)
        {
            // §2.5.1.3: the segment that is full ends without the E bit; the next begins where it ends, without the marker.
            for (var i = 0; i < FinalPackets; i++)
            {
                QueueEvent(MaxSegment, isEnd: false, now);
            }

            _eventTimestamp += MaxSegment;
            _eventSegment += MaxSegment;
            ticks -= MaxSegment;
        }

        var isEnd = elapsed >= _event.Duration;
        QueueEvent((ushort)ticks, isEnd, now);
        if (!isEnd)
        {
            var next = due + EventUpdateInterval;
            _eventNext = next < _eventStart + _event.Duration ? next : _eventStart + _event.Duration;
        }
        else if (++_eventFinals < FinalPackets)
        {
            _eventNext = due + FinalPacketInterval;
        }
        else
        {
            EndEvent();
        }
    }

    private void QueueEvent(ushort duration, bool isEnd, Instant now)
    {
        Span<byte> payload = stackalloc byte[EventPayloadLength];
        payload[0] = _event.Code;
        payload[1] = (byte)((isEnd ? EndBit : 0) | EventVolume);
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], duration);

        // §2.5.1.1: the marker tells the first packet of an event.
        var frame = new RtpFrame { PayloadType = _event.PayloadType, Timestamp = _event.Timestamp, Data = payload, Marker = !_eventMarked };
        if (_whole.TryBegin(payload, isKeyFrame: true, _payloadRoom))
        {
            TryQueue(frame, _eventCodec!, _whole, _eventTimestamp, now);
        }

        _eventMarked = true;
    }

    private void EndEvent()
    {
        _eventNext = null;
        _startsTalkspurt = true;
    }
}
