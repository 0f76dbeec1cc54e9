using System.Buffers.Binary;

namespace Parley.Stun;

/// <summary>Walks the attributes of a message in their order on the wire.</summary>
public ref struct StunAttributeEnumerator
{
    private ReadOnlySpan<byte> _rest;

    internal StunAttributeEnumerator(ReadOnlySpan<byte> attributes) => _rest = attributes;

    /// <summary>The attribute reached last.</summary>
    public StunAttribute Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly StunAttributeEnumerator GetEnumerator() => this;

    /// <summary>Moves on; false at the end.</summary>
    public bool MoveNext()
    {
        // StunMessage.TryParse has walked this way before and found each attribute whole.
        if (_rest.Length < StunMessage.AttributeHeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        Current = new StunAttribute((StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(_rest), _rest.Slice(4, length));
        _rest = _rest[Math.Min(_rest.Length, StunMessage.AttributeHeaderLength + StunMessage.Pad(length))..];
        return true;
    }
}
