using System.Buffers.Binary;

namespace Parley.Sctp.Wire;

/// <summary>
/// RFC 9260 §3.1:
/// <code>
/// |     Source Port Number        |     Destination Port Number   |
/// |                      Verification Tag                         |
/// |                           Checksum                            |
/// </code>
/// </summary>
internal readonly record struct CommonHeader(ushort SourcePort, ushort DestinationPort, uint VerificationTag, uint Checksum)
{
    public const int Length = 12;

    public static bool TryParse(ReadOnlySpan<byte> packet, out CommonHeader header, out SctpParseError error)
    {
        if (packet.Length < Length)
        {
            header = default;
            error = SctpParseError.TooShort;
            return false;
        }

        // Appendix A: the CRC's bytes go out in the order of the reflected register, which is little-endian.
        header = new CommonHeader(
            BinaryPrimitives.ReadUInt16BigEndian(packet),
            BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(packet[8..]));
        error = SctpParseError.None;
        return true;
    }

    public void Write(Span<byte> packet)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], VerificationTag);
        BinaryPrimitives.WriteUInt32LittleEndian(packet[8..], Checksum);
    }

    public static void WriteChecksum(Span<byte> packet) => BinaryPrimitives.WriteUInt32LittleEndian(packet[8..], Crc32c.OfPacket(packet));
}
