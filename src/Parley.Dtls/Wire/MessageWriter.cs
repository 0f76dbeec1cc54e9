using System.Buffers.Binary;

namespace Parley.Dtls.Wire;

/// <summary>Builds one handshake message after the other, each with its header as for an unfragmented message.</summary>
internal sealed class MessageWriter
{
    private byte[] _buffer = new byte[1024];
    private int _position;

    public void Begin(HandshakeType type, ushort sequence)
    {
        _position = 0;
        Take(HandshakeHeader.Size).Clear();
        _buffer[0] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(4), sequence);
    }

    /// <summary>Ends the message and returns it.</summary>
    public byte[] End()
    {
        var length = _position - HandshakeHeader.Size;
        PatchLength(1, 3, length);
        PatchLength(9, 3, length);
        return _buffer.AsSpan(0, _position).ToArray();
    }

    public void WriteByte(byte value) => Take(1)[0] = value;

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    public void WriteBytes(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>Opens a vector whose length stands in so many bytes; <see cref="Close"/> fills it in.</summary>
    public int Open(int lengthSize)
    {
        Take(lengthSize);
        return _position;
    }

    public void Close(int opened, int lengthSize) => PatchLength(opened - lengthSize, lengthSize, _position - opened);

    public Span<byte> Take(int count)
    {
        if (_buffer.Length - _position < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _position + count));
        }

        _position += count;
        return _buffer.AsSpan(_position - count, count);
    }

    private void PatchLength(int at, int size, int length)
    {
        for (var i = size - 1; i >= 0; i--, length >>= 8)
        {
            _buffer[at + i] = (byte)length;
        }
    }
}
