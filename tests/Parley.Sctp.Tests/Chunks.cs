using System.Buffers.Binary;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

/// <summary>Looks into packets, and makes some.</summary>
internal static class Chunks
{
    public static ChunkType[] TypesOf(byte[] packet)
    {
        var found = new List<ChunkType>();
        var reader = new ChunkReader(packet.AsSpan(CommonHeader.Length));
        while (reader.TryNext())
        {
            found.Add(reader.Type);
        }

        return [.. found];
    }

    public static bool Has(byte[] packet, ChunkType type) => TypesOf(packet).Contains(type);

    public static byte[] ValueOf(byte[] packet, ChunkType type)
    {
        var reader = new ChunkReader(packet.AsSpan(CommonHeader.Length));
        while (reader.TryNext())
        {
            if (reader.Type == type)
            {
                return reader.Value.ToArray();
            }
        }

        throw new InvalidOperationException($"No {type} in the packet.");
    }

    public static uint TagOf(byte[] packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4));

    public static uint ChecksumOf(byte[] packet) => BinaryPrimitives.ReadUInt32LittleEndian(packet.AsSpan(8));

    /// <summary>The TSNs of a packet's DATA.</summary>
    public static List<uint> TsnsOf(byte[] packet)
    {
        var found = new List<uint>();
        var reader = new ChunkReader(packet.AsSpan(CommonHeader.Length));
        while (reader.TryNext())
        {
            if (reader.Type == ChunkType.Data)
            {
                found.Add(BinaryPrimitives.ReadUInt32BigEndian(reader.Value));
            }
        }

        return found;
    }

    public static byte[] Packet(uint tag, ChunkType type, byte flags, params byte[] value)
    {
        var packet = new byte[CommonHeader.Length + ChunkReader.HeaderLength + Padding.RoundUp(value.Length)];
        new CommonHeader(5000, 5000, tag, 0).Write(packet);
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        value.CopyTo(writer.Begin(type, flags, value.Length));
        CommonHeader.WriteChecksum(packet);
        return packet;
    }

    public static byte[] Data(uint tag, uint tsn, ushort stream, ushort ssn, byte flags, params byte[] payload)
    {
        var value = new byte[12 + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(4), stream);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(6), ssn);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(8), 53);
        payload.CopyTo(value, 12);
        return Packet(tag, ChunkType.Data, flags, value);
    }

    public static byte[] Sack(uint tag, uint cumulative, uint window, params (ushort Start, ushort End)[] gaps)
    {
        var value = new byte[12 + 4 * gaps.Length];
        BinaryPrimitives.WriteUInt32BigEndian(value, cumulative);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(4), window);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(8), (ushort)gaps.Length);
        for (var index = 0; index < gaps.Length; index++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(12 + 4 * index), gaps[index].Start);
            BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(14 + 4 * index), gaps[index].End);
        }

        return Packet(tag, ChunkType.Sack, 0, value);
    }
}
