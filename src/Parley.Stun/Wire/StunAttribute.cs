namespace Parley.Stun;

/// <summary>One attribute of a message: its type, and its value without the padding.</summary>
public readonly ref struct StunAttribute
{
    internal StunAttribute(StunAttributeType type, ReadOnlySpan<byte> value)
    {
        Type = type;
        Value = value;
    }

    /// <summary>The attribute's type.</summary>
    public StunAttributeType Type { get; }

    /// <summary>The value, without the padding; a view of the message.</summary>
    public ReadOnlySpan<byte> Value { get; }
}
