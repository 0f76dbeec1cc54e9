using System.Buffers.Binary;
using Parley.Net;

namespace Parley.Rtp;

/// <content>Telephone events (RFC 4733): the packets of one tone become a beginning and an end.</content>
public sealed partial class RtpInboundStream
{
    private const int EventPayloadLength = 4;
    private const int MaxEventSegment = 0xFFFF;

    /// <summary>
    /// §2.5.2.2: an event whose end is lost is over when updates have not come for three of their intervals, of which 50 ms is the usual
    /// one.
    /// </summary>
    private static readonly TimeSpan EventTimeout = TimeSpan.FromMilliseconds(200);

    private bool _hearsEvent;
    private bool _heardEvent;
    private byte _eventCode;
    private uint _eventTimestamp;
    private long _eventSegments;
    private ushort _eventDuration;
    private int _eventClockRate;
    private Instant _eventHeardAt;

    private Instant? EventDeadline => _hearsEvent ? _eventHeardAt + EventTimeout : null;

    private static bool IsTelephoneEvent(RtpCodec codec) =>
        string.Equals(codec.Name, "telephone-event", StringComparison.OrdinalIgnoreCase);

    private void ReceiveEvent(in RtpPacketView packet, RtpCodec codec, Instant arrivedAt)
    {
        // §2.5.1.5 lets a packet hold several events, one after the other in time; nobody sends such, and the first is what is told.
        if (packet.Payload.Length < EventPayloadLength)
        {
            _statistics.PacketsDiscarded++;
            return;
        }

        var code = packet.Payload[0];
        var isEnd = (packet.Payload[1] & 0x80) != 0;
        var duration = BinaryPrimitives.ReadUInt16BigEndian(packet.Payload[2..]);
        var timestamp = packet.Timestamp.Value;
        if (_hearsEvent && code == _eventCode && timestamp == _eventTimestamp + MaxEventSegment)
        {
            // §2.5.1.3: the same event goes on in its next segment.
            (_eventSegments, _eventTimestamp, _eventDuration) = (_eventSegments + MaxEventSegment, timestamp, duration);
        }
        else if (_heardEvent && timestamp == _eventTimestamp && code == _eventCode)
        {
            if (!_hearsEvent)
            {
                // A repetition of the final packet.
                return;
            }

            _eventDuration = Math.Max(_eventDuration, duration);
        }
        else if (_heardEvent && SerialNumber.Difference(timestamp, _eventTimestamp) < 0)
        {
            // A packet of an event that is over.
            return;
        }
        else
        {
            EndEvent();
            (_hearsEvent, _heardEvent, _eventCode, _eventTimestamp, _eventSegments, _eventDuration, _eventClockRate) =
                (true, true, code, timestamp, 0, duration, codec.ClockRate);
            _session.Raise(new RtpEvent { Kind = RtpEventKind.ToneStarted, Stream = this, ToneCode = code });
        }

        _eventHeardAt = arrivedAt;
        if (isEnd)
        {
            EndEvent();
        }
    }

    private void EndEvent()
    {
        if (_hearsEvent)
        {
            _hearsEvent = false;
            var duration = TimeSpan.FromTicks((_eventSegments + _eventDuration) * TimeSpan.TicksPerSecond / _eventClockRate);
            _session.Raise(new RtpEvent { Kind = RtpEventKind.ToneEnded, Stream = this, ToneCode = _eventCode, ToneDuration = duration });
        }
    }

    private void AdvanceEvent(Instant now)
    {
        if (EventDeadline <= now)
        {
            EndEvent();
        }
    }
}
