using System.Buffers.Binary;

namespace Parley.Srtp;

/// <summary>What SRTCP must know of a compound RTCP packet (RFC 3550 §6.4): the part that stays clear, and its sender.</summary>
internal static class RtcpHeader
{
    /// <summary>Bytes that are not encrypted: the first packet's header and the sender's SSRC (RFC 3711 §3.4).</summary>
    public const int Length = 8;

    /// <summary>Reads the sender of a packet of at least <see cref="Length"/> bytes.</summary>
    public static SrtpError Parse(ReadOnlySpan<byte> packet, out uint ssrc)
    {
        ssrc = 0;
        if (packet.Length < Length)
        {
            return SrtpError.TooShort;
        }

        if (packet[0] >> 6 != 2)
        {
            return SrtpError.Malformed;
        }

        ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        return SrtpError.None;
    }
}
