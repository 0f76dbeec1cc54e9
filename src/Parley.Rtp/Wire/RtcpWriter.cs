using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>
/// Writes RTCP packets one after the other into a span. Each method answers false, and writes nothing, when its packet does not fit.
/// </summary>
public ref struct RtcpWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _report;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that still fit.</summary>
    public readonly int Remaining => _destination.Length - Length;

    /// <summary>Begins an SR (RFC 3550 §6.4.1); report blocks may follow.</summary>
    public bool TryWriteSenderReport(Ssrc sender, in RtcpSenderInformation information)
    {
        if (!TryBegin(0, RtcpPacketType.SenderReport, 24, out var body))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(body, sender.Value);
        BinaryPrimitives.WriteUInt64BigEndian(body[4..], information.NtpTime.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], information.RtpTime.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], information.PacketCount);
        BinaryPrimitives.WriteUInt32BigEndian(body[20..], information.OctetCount);
        return true;
    }

    /// <summary>Begins an RR (RFC 3550 §6.4.2); report blocks may follow.</summary>
    public bool TryWriteReceiverReport(Ssrc sender)
    {
        if (!TryBegin(0, RtcpPacketType.ReceiverReport, 4, out var body))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(body, sender.Value);
        return true;
    }

    /// <summary>Adds a block to the SR or RR written last; at most 31 fit one report.</summary>
    public bool TryAddReportBlock(in RtcpReportBlock block)
    {
        if (Remaining < RtcpReportBlock.Length || (_destination[_report] & 0x1F) == 31)
        {
            return false;
        }

        block.Write(_destination[Length..]);
        Length += RtcpReportBlock.Length;
        _destination[_report]++;
        BinaryPrimitives.WriteUInt16BigEndian(_destination[(_report + 2)..], (ushort)((Length - _report) / 4 - 1));
        return true;
    }

    /// <summary>Writes an SDES with one source's CNAME (RFC 3550 §6.5.1); the name is UTF-8 of at most 255 bytes.</summary>
    public bool TryWriteCanonicalName(Ssrc source, ReadOnlySpan<byte> name)
    {
        var chunk = (4 + 2 + name.Length + 1 + 3) / 4 * 4;
        if (name.Length > 255 || !TryBegin(1, RtcpPacketType.SourceDescription, chunk, out var body))
        {
            return false;
        }

        body.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(body, source.Value);
        body[4] = RtcpSourceDescriptionReader.CanonicalName;
        body[5] = (byte)name.Length;
        name.CopyTo(body[6..]);
        return true;
    }

    /// <summary>Writes a BYE of one source, without a reason (RFC 3550 §6.6).</summary>
    public bool TryWriteGoodbye(Ssrc source)
    {
        if (!TryBegin(1, RtcpPacketType.Goodbye, 4, out var body))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(body, source.Value);
        return true;
    }

    /// <summary>Writes an APP (RFC 3550 §6.7); the data is a whole number of words.</summary>
    /// <exception cref="ArgumentException">The data is not a multiple of four bytes.</exception>
    public bool TryWriteApplicationDefined(byte subtype, Ssrc source, uint name, ReadOnlySpan<byte> data)
    {
        if (data.Length % 4 != 0)
        {
            throw new ArgumentException("The data of an APP packet is a whole number of 32-bit words.", nameof(data));
        }

        if (!TryBegin(subtype, RtcpPacketType.ApplicationDefined, 8 + data.Length, out var body))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(body, source.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], name);
        data.CopyTo(body[8..]);
        return true;
    }

    /// <summary>Writes a picture loss indication (RFC 4585 §6.3.1).</summary>
    public bool TryWritePictureLossIndication(Ssrc sender, Ssrc media) =>
        TryBeginFeedback(RtcpPacketType.PayloadFeedback, RtcpFormat.PictureLossIndication, sender, media, 0, out _);

    /// <summary>Writes a full intra request for one source (RFC 5104 §4.3.1.1).</summary>
    public bool TryWriteFullIntraRequest(Ssrc sender, Ssrc target, byte sequence)
    {
        // RFC 5104 §4.3.1.2: the media SSRC of the header is not used and is 0.
        if (!TryBeginFeedback(RtcpPacketType.PayloadFeedback, RtcpFormat.FullIntraRequest, sender, default, 8, out var information))
        {
            return false;
        }

        information.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(information, target.Value);
        information[4] = sequence;
        return true;
    }

    /// <summary>Begins a generic NACK (RFC 4585 §6.2.1) of so many packet-id and mask pairs, to be filled in by the caller.</summary>
    public bool TryWriteGenericNack(Ssrc sender, Ssrc media, int pairs, out Span<byte> information) =>
        TryBeginFeedback(RtcpPacketType.TransportFeedback, RtcpFormat.GenericNack, sender, media, 4 * pairs, out information);

    /// <summary>Writes a receiver estimated maximum bitrate about one source.</summary>
    public bool TryWriteRemb(Ssrc sender, ulong bitsPerSecond, Ssrc source)
    {
        if (!TryBeginFeedback(
            RtcpPacketType.PayloadFeedback, RtcpFormat.ApplicationLayer, sender, default, RtcpRemb.Length, out var information))
        {
            return false;
        }

        RtcpRemb.Write(information, bitsPerSecond, source);
        return true;
    }

    /// <summary>Begins a feedback packet of any format; the caller fills its information, a whole number of words.</summary>
    public bool TryBeginFeedback(RtcpPacketType type, byte format, Ssrc sender, Ssrc media, int length, out Span<byte> information)
    {
        if (!TryBegin(format, type, 8 + length, out var body))
        {
            information = default;
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(body, sender.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], media.Value);
        information = body[8..];
        return true;
    }

    private bool TryBegin(byte count, RtcpPacketType type, int bodyLength, out Span<byte> body)
    {
        if (Remaining < 4 + bodyLength)
        {
            body = default;
            return false;
        }

        _report = Length;
        var packet = _destination.Slice(Length, 4 + bodyLength);
        packet[0] = (byte)(0x80 | (count & 0x1F));
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(bodyLength / 4));
        body = packet[4..];
        Length += packet.Length;
        return true;
    }
}
