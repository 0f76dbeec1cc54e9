namespace Parley.Sctp;

/// <summary>What a message's bytes are, told by the sender's upper layer (RFC 9260 §3.3.1; the values of RFC 8831 §8).</summary>
/// <param name="Value">The number on the wire.</param>
public readonly record struct PayloadProtocolId(uint Value)
{
    /// <summary>The data channel establishment protocol (RFC 8832).</summary>
    public static PayloadProtocolId DataChannelControl => new(50);

    /// <summary>UTF-8 text.</summary>
    public static PayloadProtocolId Text => new(51);

    /// <summary>A part of binary data, deprecated: more follows.</summary>
    public static PayloadProtocolId BinaryPartial => new(52);

    /// <summary>Binary data.</summary>
    public static PayloadProtocolId Binary => new(53);

    /// <summary>A part of UTF-8 text, deprecated: more follows.</summary>
    public static PayloadProtocolId TextPartial => new(54);

    /// <summary>Empty text; one zero byte stands for it (RFC 8831 §6.6).</summary>
    public static PayloadProtocolId TextEmpty => new(56);

    /// <summary>Empty binary data; one zero byte stands for it (RFC 8831 §6.6).</summary>
    public static PayloadProtocolId BinaryEmpty => new(57);
}
