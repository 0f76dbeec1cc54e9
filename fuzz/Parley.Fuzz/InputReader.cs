using System.Buffers.Binary;

namespace Parley.Fuzz;

/// <summary>Reads an input as decisions; past its end everything is 0.</summary>
internal ref struct InputReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public readonly int Remaining => _rest.Length;

    public byte Byte()
    {
        if (_rest.IsEmpty)
        {
            return 0;
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ushort UInt16() => (ushort)(Byte() << 8 | Byte());

    public uint UInt32() => (uint)UInt16() << 16 | UInt16();

    /// <summary>At most so many bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        var bytes = _rest[..Math.Min(count, _rest.Length)];
        _rest = _rest[bytes.Length..];
        return bytes;
    }

    /// <summary>A length of one byte, then so many bytes.</summary>
    public ReadOnlySpan<byte> Short() => Bytes(Byte());

    /// <summary>A length of two bytes, then so many bytes.</summary>
    public ReadOnlySpan<byte> Long() => Bytes(UInt16());

    public readonly ReadOnlySpan<byte> All => _rest;
}
