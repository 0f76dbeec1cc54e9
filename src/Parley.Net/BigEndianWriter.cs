using System.Buffers.Binary;

namespace Parley.Net;

/// <summary>
/// Writes network-order fields into a span, one after the other. The caller sizes the span; writing past its end is the
/// caller's mistake and throws <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public ref struct BigEndianWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Position { get; private set; }

    /// <summary>What has been written so far; fields already written may be patched here.</summary>
    public readonly Span<byte> Written => _destination[..Position];

    /// <summary>Bytes that still fit.</summary>
    public readonly int Remaining => _destination.Length - Position;

    /// <summary>Writes one byte.</summary>
    public void WriteByte(byte value) => Take(1)[0] = value;

    /// <summary>Writes two bytes.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    /// <summary>Writes the low three bytes.</summary>
    public void WriteUInt24(int value)
    {
        var span = Take(3);
        span[0] = (byte)(value >> 16);
        span[1] = (byte)(value >> 8);
        span[2] = (byte)value;
    }

    /// <summary>Writes four bytes.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    /// <summary>Writes eight bytes.</summary>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    /// <summary>Copies bytes.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>Writes zero bytes.</summary>
    public void WriteZeros(int count) => Take(count).Clear();

    /// <summary>Advances over <paramref name="count"/> bytes and returns them to be filled in.</summary>
    public Span<byte> Take(int count)
    {
        var span = _destination.Slice(Position, count);
        Position += count;
        return span;
    }
}
