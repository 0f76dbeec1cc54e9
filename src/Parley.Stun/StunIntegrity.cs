using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Parley.Stun;

/// <summary>
/// The HMACs of MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256. Both run over the message up to the attribute, with a length
/// field that already counts the attribute and nothing after it (RFC 8489 §14.5), so the text is copied once to patch it.
/// </summary>
internal static class StunIntegrity
{
    private const int MaxOnStack = 1024;

    /// <param name="message">The message up to the attribute.</param>
    /// <param name="attributeLength">The length of the attribute's value.</param>
    /// <param name="key">The key.</param>
    /// <param name="destination">20 bytes.</param>
    public static void Compute(ReadOnlySpan<byte> message, int attributeLength, ReadOnlySpan<byte> key, Span<byte> destination) =>
        Compute(message, attributeLength, key, destination, isSha256: false);

    /// <param name="message">The message up to the attribute.</param>
    /// <param name="attributeLength">The length of the attribute's value.</param>
    /// <param name="key">The key.</param>
    /// <param name="destination">32 bytes.</param>
    public static void ComputeSha256(ReadOnlySpan<byte> message, int attributeLength, ReadOnlySpan<byte> key, Span<byte> destination) =>
        Compute(message, attributeLength, key, destination, isSha256: true);

    private static void Compute(
        ReadOnlySpan<byte> message, int attributeLength, ReadOnlySpan<byte> key, Span<byte> destination, bool isSha256)
    {
        byte[]? rented = null;
        Span<byte> text = message.Length <= MaxOnStack
            ? stackalloc byte[MaxOnStack]
            : rented = ArrayPool<byte>.Shared.Rent(message.Length);
        text = text[..message.Length];
        message.CopyTo(text);
        var length = message.Length - StunMessage.HeaderLength + StunMessage.AttributeHeaderLength + attributeLength;
        BinaryPrimitives.WriteUInt16BigEndian(text[2..], (ushort)length);
        if (isSha256)
        {
            HMACSHA256.HashData(key, text, destination);
        }
        else
        {
            HMACSHA1.HashData(key, text, destination);
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
