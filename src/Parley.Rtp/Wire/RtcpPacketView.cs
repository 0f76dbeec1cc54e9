using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>One packet of an RTCP compound, read in place (RFC 3550 §6.4).</summary>
public readonly ref struct RtcpPacketView
{
    private readonly byte _first;

    internal RtcpPacketView(byte first, RtcpPacketType type, ReadOnlySpan<byte> body)
    {
        _first = first;
        Type = type;
        Body = body;
    }

    /// <summary>What the packet is.</summary>
    public RtcpPacketType Type { get; }

    /// <summary>The five bits after the version: a count of blocks, a subtype, or a feedback format.</summary>
    public byte Count => (byte)(_first & 0x1F);

    /// <summary>What follows the four-byte header, without padding.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>The first word of the body: the sender's SSRC in reports and feedback; 0 when there is none.</summary>
    public Ssrc Sender => new(Word(0));

    /// <summary>The second word of the body: in feedback, the SSRC of the media it is about; 0 when there is none.</summary>
    public Ssrc Media => new(Word(4));

    /// <summary>In feedback, the information after both SSRCs.</summary>
    public ReadOnlySpan<byte> FeedbackInformation => Body.Length >= 8 ? Body[8..] : default;

    /// <summary>Reads an SR's sender information (RFC 3550 §6.4.1).</summary>
    public bool TryReadSenderInformation(out RtcpSenderInformation information)
    {
        if (Type != RtcpPacketType.SenderReport || Body.Length < 24)
        {
            information = default;
            return false;
        }

        information = new RtcpSenderInformation(
            new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(Body[4..])), new RtpTimestamp(Word(12)), Word(16), Word(20));
        return true;
    }

    /// <summary>Reads a report block of an SR or RR, from 0 up to <see cref="Count"/> (RFC 3550 §6.4.1).</summary>
    public bool TryReadReportBlock(int index, out RtcpReportBlock block)
    {
        var start = Type switch { RtcpPacketType.SenderReport => 24, RtcpPacketType.ReceiverReport => 4, _ => int.MaxValue };
        if ((uint)index >= Count || start == int.MaxValue || Body.Length < start + (index + 1) * RtcpReportBlock.Length)
        {
            block = default;
            return false;
        }

        block = RtcpReportBlock.Read(Body[(start + index * RtcpReportBlock.Length)..]);
        return true;
    }

    private uint Word(int offset) => Body.Length >= offset + 4 ? BinaryPrimitives.ReadUInt32BigEndian(Body[offset..]) : 0;
}
