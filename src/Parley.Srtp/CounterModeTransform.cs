using System.Buffers.Binary;
using System.Security.Cryptography;
using Parley.Ciphers;

namespace Parley.Srtp;

/// <summary>AES in counter mode with HMAC-SHA1 (RFC 3711 §4.1.1 and §4.2.1).</summary>
internal sealed class CounterModeTransform : Transform
{
    /// <summary>Bytes of the roll-over counter that are authenticated behind an RTP packet.</summary>
    public const int RollOverCounterLength = 4;

    private const int AuthenticationKeyLength = 20;
    private const int RtcpTagLength = 10;

    private const uint EncryptedBit = 0x80000000;
    private readonly int _rtpTagLength;
    private readonly AesCtrCipher _rtp;
    private readonly AesCtrCipher _rtcp;
    private readonly HmacSha1 _rtpHash;
    private readonly HmacSha1 _rtcpHash;
    private readonly byte[] _rtpSalt = new byte[AesCtrCipher.IvLength];
    private readonly byte[] _rtcpSalt = new byte[AesCtrCipher.IvLength];

    public CounterModeTransform(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, int rtpTagLength)
    {
        _rtpTagLength = rtpTagLength;
        Span<byte> key = stackalloc byte[32];
        var encryptionKey = key[..masterKey.Length];
        var authenticationKey = key[..AuthenticationKeyLength];
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtpEncryption, encryptionKey);
        _rtp = new AesCtrCipher(encryptionKey);
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtcpEncryption, encryptionKey);
        _rtcp = new AesCtrCipher(encryptionKey);
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtpAuthentication, authenticationKey);
        _rtpHash = new HmacSha1(authenticationKey);
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtcpAuthentication, authenticationKey);
        _rtcpHash = new HmacSha1(authenticationKey);
        CryptographicOperations.ZeroMemory(key);
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtpSalt, _rtpSalt.AsSpan(0, masterSalt.Length));
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtcpSalt, _rtcpSalt.AsSpan(0, masterSalt.Length));
    }

    public override void SealRtp(Span<byte> buffer, int headerLength, int length, uint ssrc, long index)
    {
        EncryptRtp(buffer, headerLength, length, ssrc, index);
        Span<byte> hash = stackalloc byte[HmacSha1.HashLength];
        _rtpHash.Compute(buffer[..(length + RollOverCounterLength)], hash);
        hash[.._rtpTagLength].CopyTo(buffer[length..]);
    }

    /// <summary>
    /// The first part of <see cref="SealRtp"/>; what is left is to authenticate the packet and <see cref="RollOverCounterLength"/> bytes
    /// behind it.
    /// </summary>
    public void EncryptRtp(Span<byte> buffer, int headerLength, int length, uint ssrc, long index)
    {
        Encrypt(_rtp, _rtpSalt, ssrc, index, buffer[headerLength..length]);

        // §4.2: the roll-over counter is authenticated behind the packet. It stands where the tag will, so that one call hashes both.
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], (uint)(index >> 16));
    }

    public override bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> received = stackalloc byte[_rtpTagLength];
        TakeTag(packet, index, received);
        Span<byte> hash = stackalloc byte[HmacSha1.HashLength];
        _rtpHash.Compute(packet[..^(_rtpTagLength - RollOverCounterLength)], hash);
        return TryDecryptRtp(packet, headerLength, ssrc, index, received, hash);
    }

    /// <summary>The first part of <see cref="TryOpenRtp"/>: keeps the tag and puts the roll-over counter in its place.</summary>
    public void TakeTag(Span<byte> packet, long index, Span<byte> received)
    {
        var tag = packet[^_rtpTagLength..];
        tag.CopyTo(received);
        BinaryPrimitives.WriteUInt32BigEndian(tag, (uint)(index >> 16));
    }

    /// <summary>Its last part: puts the tag back, and decrypts if the hash is the one it tells.</summary>
    public bool TryDecryptRtp(
        Span<byte> packet, int headerLength, uint ssrc, long index, ReadOnlySpan<byte> received, ReadOnlySpan<byte> hash)
    {
        received.CopyTo(packet[^_rtpTagLength..]);
        if (!CryptographicOperations.FixedTimeEquals(received, hash[.._rtpTagLength]))
        {
            return false;
        }

        Encrypt(_rtp, _rtpSalt, ssrc, index, packet[headerLength..^_rtpTagLength]);
        return true;
    }

    /// <summary>Authenticates several packets at once, each with its roll-over counter behind it.</summary>
    public void Hash(ReadOnlySpan<byte> buffer, ReadOnlySpan<MessageRange> packets, Span<byte> hashes) =>
        _rtpHash.Compute(buffer, packets, hashes);

    public override void SealRtcp(Span<byte> buffer, int length, uint ssrc, long index)
    {
        Encrypt(_rtcp, _rtcpSalt, ssrc, index, buffer[RtcpHeader.Length..length]);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], EncryptedBit | (uint)index);
        Span<byte> hash = stackalloc byte[HmacSha1.HashLength];
        _rtcpHash.Compute(buffer[..(length + 4)], hash);
        hash[..RtcpTagLength].CopyTo(buffer[(length + 4)..]);
    }

    public override int RtcpIndexOffset(int packetLength) => packetLength - RtcpTagLength - 4;

    public override bool TryOpenRtcp(Span<byte> packet, uint ssrc, long index)
    {
        Span<byte> hash = stackalloc byte[HmacSha1.HashLength];
        _rtcpHash.Compute(packet[..^RtcpTagLength], hash);
        if (!CryptographicOperations.FixedTimeEquals(packet[^RtcpTagLength..], hash[..RtcpTagLength]))
        {
            return false;
        }

        Encrypt(_rtcp, _rtcpSalt, ssrc, index, packet[RtcpHeader.Length..^(RtcpTagLength + 4)]);
        return true;
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        _rtpHash.Dispose();
        _rtcpHash.Dispose();
        CryptographicOperations.ZeroMemory(_rtpSalt);
        CryptographicOperations.ZeroMemory(_rtcpSalt);
    }

    // §4.1.1: IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16).
    private static void Encrypt(AesCtrCipher cipher, ReadOnlySpan<byte> salt, uint ssrc, long index, Span<byte> text)
    {
        Span<byte> iv = stackalloc byte[AesCtrCipher.IvLength];
        BinaryPrimitives.WriteUInt64BigEndian(iv, BinaryPrimitives.ReadUInt64BigEndian(salt) ^ ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(iv[8..], BinaryPrimitives.ReadUInt64BigEndian(salt[8..]) ^ ((ulong)index << 16));
        cipher.Transform(iv, text, text);
    }
}
