using System.Buffers.Binary;
using System.Security.Cryptography;
using Parley.Ciphers;

namespace Parley.Srtp;

/// <summary>AES-GCM (RFC 7714): the header is the associated data, the tag stands behind the payload.</summary>
internal sealed class AeadTransform : Transform
{
    private const int TagLength = AesGcmCipher.TagLength;
    private const uint EncryptedBit = 0x80000000;
    private readonly AesGcmCipher _rtp;
    private readonly AesGcmCipher _rtcp;
    private readonly byte[] _rtpSalt = new byte[AesGcmCipher.NonceLength];
    private readonly byte[] _rtcpSalt = new byte[AesGcmCipher.NonceLength];

    /// <summary>Takes the session keys and salts.</summary>
    public AeadTransform(ReadOnlySpan<byte> rtpKey, ReadOnlySpan<byte> rtpSalt, ReadOnlySpan<byte> rtcpKey, ReadOnlySpan<byte> rtcpSalt)
    {
        _rtp = new AesGcmCipher(rtpKey);
        _rtcp = new AesGcmCipher(rtcpKey);
        rtpSalt.CopyTo(_rtpSalt);
        rtcpSalt.CopyTo(_rtcpSalt);
    }

    /// <summary>Derives the session keys and salts (RFC 7714 §11).</summary>
    public static AeadTransform Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        Span<byte> keys = stackalloc byte[2 * 32];
        var rtpKey = keys[..masterKey.Length];
        var rtcpKey = keys.Slice(32, masterKey.Length);
        Span<byte> rtpSalt = stackalloc byte[AesGcmCipher.NonceLength];
        Span<byte> rtcpSalt = stackalloc byte[AesGcmCipher.NonceLength];
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtpEncryption, rtpKey);
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtcpEncryption, rtcpKey);
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtpSalt, rtpSalt);
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtcpSalt, rtcpSalt);
        var transform = new AeadTransform(rtpKey, rtpSalt, rtcpKey, rtcpSalt);
        CryptographicOperations.ZeroMemory(keys);
        CryptographicOperations.ZeroMemory(rtpSalt);
        CryptographicOperations.ZeroMemory(rtcpSalt);
        return transform;
    }

    public override void SealRtp(Span<byte> buffer, int headerLength, int length, uint ssrc, long index)
    {
        Span<byte> nonce = stackalloc byte[AesGcmCipher.NonceLength];
        WriteNonce(nonce, _rtpSalt, ssrc, index);
        var payload = buffer[headerLength..length];
        _rtp.Seal(nonce, buffer[..headerLength], payload, payload, buffer.Slice(length, TagLength));
    }

    public override bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> nonce = stackalloc byte[AesGcmCipher.NonceLength];
        WriteNonce(nonce, _rtpSalt, ssrc, index);
        var payload = packet[headerLength..^TagLength];
        return _rtp.TryOpen(nonce, packet[..headerLength], payload, packet[^TagLength..], payload);
    }

    public override void SealRtcp(Span<byte> buffer, int length, uint ssrc, long index)
    {
        Span<byte> nonce = stackalloc byte[AesGcmCipher.NonceLength];
        Span<byte> aad = stackalloc byte[RtcpHeader.Length + 4];
        var word = EncryptedBit | (uint)index;
        WriteNonce(nonce, _rtcpSalt, ssrc, index);
        WriteRtcpAad(aad, buffer, word);
        var body = buffer[RtcpHeader.Length..length];
        _rtcp.Seal(nonce, aad, body, body, buffer.Slice(length, TagLength));
        BinaryPrimitives.WriteUInt32BigEndian(buffer[(length + TagLength)..], word);
    }

    public override int RtcpIndexOffset(int packetLength) => packetLength - 4;

    public override bool TryOpenRtcp(Span<byte> packet, uint ssrc, long index)
    {
        Span<byte> nonce = stackalloc byte[AesGcmCipher.NonceLength];
        Span<byte> aad = stackalloc byte[RtcpHeader.Length + 4];
        WriteNonce(nonce, _rtcpSalt, ssrc, index);
        WriteRtcpAad(aad, packet, EncryptedBit | (uint)index);
        var tagAt = packet.Length - 4 - TagLength;
        var body = packet[RtcpHeader.Length..tagAt];
        return _rtcp.TryOpen(nonce, aad, body, packet.Slice(tagAt, TagLength), body);
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        CryptographicOperations.ZeroMemory(_rtpSalt);
        CryptographicOperations.ZeroMemory(_rtcpSalt);
    }

    // RFC 7714 §8.1 and §9.1: two zero bytes, the SSRC, six bytes of index, all plus the salt. The 31-bit index of RTCP fits the same six.
    private static void WriteNonce(Span<byte> nonce, ReadOnlySpan<byte> salt, uint ssrc, long index)
    {
        var low = BinaryPrimitives.ReadUInt64BigEndian(salt[4..]) ^ ((ulong)(ushort)ssrc << 48) ^ (ulong)index;
        var high = BinaryPrimitives.ReadUInt32BigEndian(salt) ^ (ssrc >> 16);
        BinaryPrimitives.WriteUInt32BigEndian(nonce, high);
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], low);
    }

    // RFC 7714 §9.2: the first eight bytes of the packet, then the word with the index.
    private static void WriteRtcpAad(Span<byte> aad, ReadOnlySpan<byte> packet, uint word)
    {
        packet[..RtcpHeader.Length].CopyTo(aad);
        BinaryPrimitives.WriteUInt32BigEndian(aad[RtcpHeader.Length..], word);
    }
}
