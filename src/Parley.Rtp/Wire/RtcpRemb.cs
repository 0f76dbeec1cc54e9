using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>
/// Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03 §2.2): application layer feedback that begins with "REMB".
/// </summary>
public static class RtcpRemb
{
    private const uint Identifier = 0x52454D42;

    /// <summary>Reads the bitrate in bits per second, and how many SSRCs it is about.</summary>
    public static bool TryParse(RtcpPacketView packet, out ulong bitsPerSecond, out int sourceCount)
    {
        bitsPerSecond = 0;
        sourceCount = 0;
        var information = packet.FeedbackInformation;
        if (packet.Type != RtcpPacketType.PayloadFeedback || packet.Count != RtcpFormat.ApplicationLayer || information.Length < 8
            || BinaryPrimitives.ReadUInt32BigEndian(information) != Identifier || information.Length < 8 + 4 * information[4])
        {
            return false;
        }

        var word = BinaryPrimitives.ReadUInt32BigEndian(information[4..]);
        var exponent = (int)(word >> 18 & 0x3F);
        ulong mantissa = word & 0x3FFFF;
        if (mantissa != 0 && exponent > 46)
        {
            return false;
        }

        bitsPerSecond = mantissa << exponent;
        sourceCount = information[4];
        return true;
    }

    /// <summary>Bytes the feedback information takes for one source.</summary>
    internal const int Length = 12;

    internal static void Write(Span<byte> information, ulong bitsPerSecond, Ssrc source)
    {
        var exponent = 0;
        while (bitsPerSecond >> exponent > 0x3FFFF)
        {
            exponent++;
        }

        BinaryPrimitives.WriteUInt32BigEndian(information, Identifier);
        BinaryPrimitives.WriteUInt32BigEndian(information[4..], 1u << 24 | (uint)exponent << 18 | (uint)(bitsPerSecond >> exponent));
        BinaryPrimitives.WriteUInt32BigEndian(information[8..], source.Value);
    }
}
