using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Parley.Net;

namespace Parley.Simulation;

/// <summary>
/// Writes datagrams as text2pcap reads them, with IP and UDP headers made up for them:
/// <c>text2pcap -l 101 -t "%Y-%m-%d %H:%M:%S." trace.txt trace.pcap</c>. What was lost stands as a comment.
/// </summary>
internal sealed class PacketTrace(TextWriter output, TimeProvider clock)
{
    private readonly byte[] _packet = new byte[65_600];
    private readonly StringBuilder _line = new();

    internal void Delivered(Packet packet)
    {
        var length = WriteHeaders(packet);
        packet.Datagram.CopyTo(_packet.AsSpan(length));
        length += packet.Length;
        WriteLine($"# {packet.Origin.Name} to {packet.To.Name}");
        WriteLine(Time());
        for (var offset = 0; offset < length; offset += 16)
        {
            _line.Append($"{offset:x6}");
            foreach (var value in _packet.AsSpan(offset, Math.Min(16, length - offset)))
            {
                _line.Append($" {value:x2}");
            }

            WriteLine(_line.ToString());
            _line.Clear();
        }

        WriteLine("");
    }

    internal void Lost(Packet packet, LossCause cause) =>
        WriteLine($"# {Time()} lost ({cause}): {packet.Length} bytes of {packet.Origin.Name}, {packet.Source} to {packet.Destination}\n");

    // Not the platform's line end: traces of one seed are compared byte by byte.
    private void WriteLine(string line)
    {
        output.Write(line);
        output.Write('\n');
    }

    private string Time() => clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture);

    private int WriteHeaders(Packet packet)
    {
        var isV4 = packet.Destination.Family == AddressFamily.InterNetwork;
        var writer = new BigEndianWriter(_packet);
        var udpLength = (ushort)(8 + packet.Length);
        if (isV4)
        {
            writer.WriteByte(0x45);
            writer.WriteByte(packet.Ecn);
            writer.WriteUInt16((ushort)(20 + udpLength));
            writer.WriteUInt32(0x00004000); // don't fragment
            writer.WriteUInt32(0x40110000); // hop limit 64, UDP
        }
        else
        {
            writer.WriteUInt32(0x60000000 | ((uint)packet.Ecn << 20));
            writer.WriteUInt16(udpLength);
            writer.WriteUInt16(0x1140); // UDP, hop limit 64
        }

        packet.Source.WriteAddress(writer.Take(isV4 ? 4 : 16));
        packet.Destination.WriteAddress(writer.Take(isV4 ? 4 : 16));
        if (isV4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(10), Checksum(_packet.AsSpan(0, 20), 0));
        }

        writer.WriteUInt16(packet.Source.Port);
        writer.WriteUInt16(packet.Destination.Port);
        writer.WriteUInt16(udpLength);
        writer.WriteUInt16(isV4 ? (ushort)0 : ChecksumV6(packet, udpLength));
        return writer.Position;
    }

    /// <summary>RFC 8200 §8.1: over IPv6 the UDP checksum must be there.</summary>
    private ushort ChecksumV6(Packet packet, ushort udpLength)
    {
        // The pseudo-header: both addresses, the length, the next header; then the UDP header itself, whose checksum is still zero.
        Span<byte> header = stackalloc byte[48];
        _packet.AsSpan(8, 32).CopyTo(header);
        var writer = new BigEndianWriter(header[32..]);
        writer.WriteUInt32(udpLength);
        writer.WriteUInt32(17);
        writer.WriteUInt16(packet.Source.Port);
        writer.WriteUInt16(packet.Destination.Port);
        writer.WriteUInt16(udpLength);
        writer.WriteUInt16(0);
        var sum = Checksum(packet.Datagram, (ushort)~Checksum(header, 0));
        return sum == 0 ? (ushort)0xFFFF : sum;
    }

    /// <summary>RFC 1071.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (; bytes.Length > 1; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        if (!bytes.IsEmpty)
        {
            sum += (uint)bytes[0] << 8;
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
