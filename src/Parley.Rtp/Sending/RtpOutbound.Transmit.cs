using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Parley.Net;

namespace Parley.Rtp;

/// <content>Packets on their way out.</content>
public sealed partial class RtpOutbound
{
    private const int MaxResends = 512;

    private long[] _resends = [];
    private int _resendHead;
    private int _resendCount;

    /// <summary>Whether a packet waits, be it new or to be sent again.</summary>
    internal bool HasWork => _resendCount > 0 || _store.Cursor < _store.End;

    /// <summary>Writes the next packet; 0: none.</summary>
    internal int Transmit(Span<byte> destination, Instant now)
    {
        while (_resendCount > 0)
        {
            var index = _resends[_resendHead];
            _resendHead = (_resendHead + 1) & (_resends.Length - 1);
            _resendCount--;
            if (index >= _store.First)
            {
                return Resend(ref _store[index], destination, now);
            }
        }

        DropStale(now);
        return _store.Cursor < _store.End ? SendNext(destination, now) : 0;
    }

    /// <summary>
    /// Queues the retransmission of a packet, unless it is on its way already (a round trip has not passed) or the session's budget is used
    /// up.
    /// </summary>
    internal void OnNack(SequenceNumber number, Instant now)
    {
        var sequence = new ExtendedSequenceNumber(_sequence).Nearest(number).Value;
        var index = _store.Find(sequence);
        if (index < 0 || _resendCount == MaxResends)
        {
            return;
        }

        ref var record = ref _store[index];
        var wasResent = (record.Flags & SendFlags.Resent) != 0;
        if ((record.Flags & SendFlags.ResendPending) != 0 || (wasResent && now < record.SentAt + _session.ResendSpacing))
        {
            return;
        }

        if (!_session.Retransmissions.TrySpend(record.HeaderLength + record.PayloadLength, now))
        {
            _statistics.RetransmissionsRefused++;
            return;
        }

        if (_resends.Length == 0)
        {
            _resends = new long[MaxResends];
        }

        record.Flags |= SendFlags.ResendPending;
        _resends[(_resendHead + _resendCount++) & (_resends.Length - 1)] = index;
    }

    /// <summary>The other side has reported on the stream: it knows by now which m-section it belongs to.</summary>
    internal void OnReported(bool rtx)
    {
        if (rtx)
        {
            _rtxIdentified = true;
        }
        else
        {
            _identified = true;
        }
    }

    internal void ForgetOld(Instant now) => _store.Forget(now - _session.Options.HistoryDuration);

    private void DropStale(Instant now)
    {
        var dropped = false;
        while (_store.Cursor < _store.End
            && (_store[_store.Cursor].Flags & SendFlags.FrameStart) != 0
            && now - _store[_store.Cursor].QueuedAt > _session.Options.MaxQueueDelay)
        {
            do
            {
                DropNext();
            }
            while (_store.Cursor < _store.End && (_store[_store.Cursor].Flags & SendFlags.FrameStart) == 0);
            dropped = true;
        }

        if (dropped)
        {
            // What refers to the dropped frames cannot be decoded.
            RequestKeyFrame(now);
        }
    }

    [SkipLocalsInit]
    private int SendNext(Span<byte> destination, Instant now)
    {
        ref var record = ref _store[_store.Cursor];
        Span<byte> scratch =
            stackalloc byte[RtpPacketView.FixedHeaderLength + 4 + 2 * (2 + MaxIdentifierLength) + 64
                + MaxContributors * (SourceLength + 1)];
        var number = new SequenceNumber((ushort)_sequence);
        var marker = (record.Flags & SendFlags.Marker) != 0;
        var header = WriteHeader(scratch, record, record.PayloadType, marker, number, Ssrc, rtx: false, record.HeaderLength, now);

        // The header is kept with the payload, since a plain resend repeats the very bytes: one SRTP index must never protect two
        // different packets (RFC 3711 §9.1).
        record.Offset += record.HeaderLength - header;
        record.HeaderLength = (ushort)header;
        record.Sequence = _sequence++;
        record.SentAt = now;
        var packet = _store.Bytes(record);
        scratch[..header].CopyTo(packet);
        packet.CopyTo(destination);
        QueuedBytes -= record.PayloadLength;
        _statistics.TotalSendDelay += now - record.QueuedAt;
        CountSent(header, record.PayloadLength, now);
        _session.Retransmissions.OnSent(packet.Length, now);
        _statistics.FramesSent += (record.Flags & SendFlags.FrameEnd) != 0 ? 1 : 0;
        _store.MoveOn();
        return packet.Length;
    }

    private int Resend(ref SendRecord record, Span<byte> destination, Instant now)
    {
        record.Flags = (record.Flags & ~SendFlags.ResendPending) | SendFlags.Resent;
        record.SentAt = now;
        var packet = _store.Bytes(record);
        var length = packet.Length;
        if (RtxSsrc is { } ssrc && record.RtxPayloadType is { } type)
        {
            // RFC 4588 §4: a packet of the retransmission stream, whose payload begins with the original's sequence number.
            var marker = (record.Flags & SendFlags.Marker) != 0;
            var room = _session.MaxPacketSize - 2 - record.PayloadLength;
            var header = WriteHeader(
                destination, record, type, marker, new SequenceNumber((ushort)_rtxSequence++), ssrc, rtx: true, room, now);
            BinaryPrimitives.WriteUInt16BigEndian(destination[header..], (ushort)record.Sequence);
            packet[record.HeaderLength..].CopyTo(destination[(header + 2)..]);
            length = header + 2 + record.PayloadLength;
        }
        else
        {
            packet.CopyTo(destination);
        }

        CountSent(length - record.PayloadLength, record.PayloadLength, now);
        _statistics.RetransmittedPacketsSent++;
        _statistics.RetransmittedBytesSent += record.PayloadLength;
        return length;
    }

    private void CountSent(int header, int payload, Instant now)
    {
        _statistics.PacketsSent++;
        _statistics.BytesSent += payload;
        _statistics.HeaderBytesSent += header;
        _statistics.LastPacketSentAt = now;
        _silentReports = 0;
    }

    private int WriteHeader(
        Span<byte> destination, in SendRecord record, PayloadType type, bool marker, SequenceNumber number, Ssrc ssrc, bool rtx, int room,
        Instant now)
    {
        var writer = new RtpHeaderWriter(destination, type, marker, number, new RtpTimestamp(record.Timestamp), ssrc);
        var ids = Options.Extensions;
        var identify = rtx ? !_rtxIdentified : !_identified;
        var ridId = rtx ? ids.RepairedRid : ids.Rid;

        WriteContributors(ref writer, record, isSent: rtx);
        var tellsMix = !rtx && ids.MixerAudioLevel != 0 && (record.Flags & SendFlags.HasMixerLevels) != 0;
        var tellsCapture = !rtx && CaptureTimeDue(record, now);

        // A renegotiation may have enlarged the extension after the packet was queued: it then goes without.
        if (room - (rtx ? record.Contributors * SourceLength : RoomFor(record.Contributors)) < _headerRoom
            || (_headerRoom == RtpPacketView.FixedHeaderLength && !tellsMix))
        {
            return writer.Length;
        }

        if (!identify && !tellsMix && !tellsCapture && (ids.AbsoluteSendTime | ids.TransportSequenceNumber) == 0
            && (record.Flags & (SendFlags.HasAudioLevel | SendFlags.HasOrientation)) == 0)
        {
            return writer.Length;
        }

        writer.BeginExtension(_twoByte);
        if (identify && ids.Mid != 0 && _mid.Length > 0)
        {
            _mid.CopyTo(writer.AddExtension(ids.Mid, _mid.Length));
        }

        if (identify && ridId != 0 && _rid.Length > 0)
        {
            _rid.CopyTo(writer.AddExtension(ridId, _rid.Length));
        }

        if (ids.AbsoluteSendTime != 0)
        {
            // 6.18 fixed-point seconds, which wrap each 64 s.
            var time = (int)((_session.NtpTime(now).Value >> 14) & 0xFFFFFF);
            var data = writer.AddExtension(ids.AbsoluteSendTime, 3);
            data[0] = (byte)(time >> 16);
            data[1] = (byte)(time >> 8);
            data[2] = (byte)time;
        }

        if (ids.TransportSequenceNumber != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(writer.AddExtension(ids.TransportSequenceNumber, 2), _session.NextTransportSequence());
        }

        if (ids.AudioLevel != 0 && (record.Flags & SendFlags.HasAudioLevel) != 0)
        {
            writer.AddExtension(ids.AudioLevel, 1)[0] = record.AudioLevel;
        }

        if (ids.VideoOrientation != 0 && (record.Flags & SendFlags.HasOrientation) != 0)
        {
            writer.AddExtension(ids.VideoOrientation, 1)[0] = record.Orientation;
        }

        if (tellsMix)
        {
            WriteContributorLevels(ref writer, record);
        }

        if (tellsCapture)
        {
            WriteCaptureTime(ref writer, record, now);
        }

        writer.EndExtension();
        return writer.Length;
    }
}
