using System.Buffers.Binary;
using Parley.Ciphers;
using Parley.Dtls.Wire;

namespace Parley.Dtls;

/// <summary>
/// AES-GCM over the records of one direction (RFC 5288 §3): the nonce is a salt of four bytes and the record's epoch and sequence
/// number, which also travel in front of the ciphertext; header, ciphertext and tag are one span, worked on in place.
/// </summary>
internal sealed class RecordProtection(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt) : IDisposable
{
    public const int ExplicitNonceSize = 8;
    public const int TagSize = AesGcmCipher.TagLength;
    public const int Overhead = ExplicitNonceSize + TagSize;

    private const int NonceSize = KeySchedule.SaltSize + ExplicitNonceSize;
    private const int AdditionalDataSize = 13;

    private readonly AesGcmCipher _cipher = new(key);
    private readonly uint _salt = BinaryPrimitives.ReadUInt32BigEndian(salt);

    /// <summary>
    /// Seals a record: its content stands behind the header and the room for the explicit nonce. Writes all but the header.
    /// </summary>
    /// <param name="header">The header, its length being that of the plaintext.</param>
    /// <param name="body">Explicit nonce, content, tag.</param>
    public void Seal(RecordHeader header, Span<byte> body)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Span<byte> additional = stackalloc byte[AdditionalDataSize];
        var epochAndSequence = ((ulong)header.Epoch << 48) | header.SequenceNumber;
        BinaryPrimitives.WriteUInt64BigEndian(body, epochAndSequence);
        BinaryPrimitives.WriteUInt32BigEndian(nonce, _salt);
        BinaryPrimitives.WriteUInt64BigEndian(nonce[KeySchedule.SaltSize..], epochAndSequence);
        WriteAdditionalData(header, epochAndSequence, header.Length, additional);
        var content = body.Slice(ExplicitNonceSize, header.Length);
        _cipher.Seal(nonce, additional, content, content, body.Slice(ExplicitNonceSize + header.Length, TagSize));
    }

    /// <summary>Opens a record in place; its content then stands behind the explicit nonce.</summary>
    public bool TryOpen(RecordHeader header, Span<byte> body)
    {
        var length = body.Length - Overhead;
        if (length < 0)
        {
            return false;
        }

        Span<byte> nonce = stackalloc byte[NonceSize];
        Span<byte> additional = stackalloc byte[AdditionalDataSize];
        BinaryPrimitives.WriteUInt32BigEndian(nonce, _salt);
        body[..ExplicitNonceSize].CopyTo(nonce[KeySchedule.SaltSize..]);
        WriteAdditionalData(header, ((ulong)header.Epoch << 48) | header.SequenceNumber, length, additional);
        var content = body.Slice(ExplicitNonceSize, length);
        return _cipher.TryOpen(nonce, additional, content, body[^TagSize..], content);
    }

    public void Dispose() => _cipher.Dispose();

    // RFC 5246 §6.2.3.3: seq_num + type + version + length; RFC 6347 §4.1.2.1: seq_num is epoch and sequence number.
    private static void WriteAdditionalData(RecordHeader header, ulong epochAndSequence, int length, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, epochAndSequence);
        destination[8] = (byte)header.Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[9..], (ushort)header.Version);
        BinaryPrimitives.WriteUInt16BigEndian(destination[11..], (ushort)length);
    }
}
