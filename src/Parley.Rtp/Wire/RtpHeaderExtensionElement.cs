namespace Parley.Rtp;

/// <summary>One element of a header extension (RFC 8285 §4).</summary>
public readonly ref struct RtpHeaderExtensionElement
{
    internal RtpHeaderExtensionElement(byte id, ReadOnlySpan<byte> data)
    {
        Id = id;
        Data = data;
    }

    /// <summary>The local identifier, 1 to 255.</summary>
    public byte Id { get; }

    /// <summary>The element's bytes.</summary>
    public ReadOnlySpan<byte> Data { get; }
}
