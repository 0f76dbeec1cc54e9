using System.Buffers.Binary;

namespace Parley.Srtp;

/// <summary>What SRTP must know of an RTP header (RFC 3550 §5.1): where it ends, and whose packet it is.</summary>
internal readonly struct RtpHeader
{
    private const int FixedLength = 12;

    /// <summary>Bytes before the payload: fixed part, CSRCs and extension.</summary>
    public int Length { get; private init; }

    /// <summary>The sequence number.</summary>
    public ushort SequenceNumber { get; private init; }

    /// <summary>The synchronization source.</summary>
    public uint Ssrc { get; private init; }

    /// <summary>Reads the header of a packet without its tag.</summary>
    public static SrtpError Parse(ReadOnlySpan<byte> packet, out RtpHeader header)
    {
        header = default;
        if (packet.Length < FixedLength)
        {
            return SrtpError.TooShort;
        }

        if (packet[0] >> 6 != 2)
        {
            return SrtpError.Malformed;
        }

        var length = FixedLength + (packet[0] & 0x0F) * 4;
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < length + 4)
            {
                return SrtpError.Malformed;
            }

            length += 4 + BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]) * 4;
        }

        if (packet.Length < length)
        {
            return SrtpError.Malformed;
        }

        header = new RtpHeader
        {
            Length = length,
            SequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            Ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]),
        };
        return SrtpError.None;
    }
}
