using System.Buffers.Binary;

namespace Parley.Sctp.Wire;

/// <summary>Writes chunks one after the other into a packet; the caller asks for room first.</summary>
internal ref struct ChunkWriter(Span<byte> packet, int position)
{
    private readonly Span<byte> _packet = packet;

    public int Position { get; private set; } = position;

    public readonly int Remaining => _packet.Length - Position;

    /// <summary>Begins a chunk of a known length and returns the room for its value; padding is written as zeros.</summary>
    public Span<byte> Begin(ChunkType type, byte flags, int valueLength)
    {
        var length = ChunkReader.HeaderLength + valueLength;
        var padded = Padding.RoundUp(length);
        var chunk = _packet.Slice(Position, padded);
        chunk[0] = (byte)type;
        chunk[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(chunk[2..], (ushort)length);
        chunk[length..].Clear();
        Position += padded;
        return chunk[ChunkReader.HeaderLength..length];
    }

    /// <summary>Copies chunks written elsewhere.</summary>
    public void Append(scoped ReadOnlySpan<byte> chunks)
    {
        chunks.CopyTo(_packet[Position..]);
        Position += chunks.Length;
    }
}
