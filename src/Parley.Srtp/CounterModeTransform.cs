using System.Buffers.Binary;
using System.Security.Cryptography;
using Parley.Ciphers;

namespace Parley.Srtp;

/// <summary>AES in counter mode with HMAC-SHA1 (RFC 3711 §4.1.1 and §4.2.1).</summary>
internal sealed class CounterModeTransform : Transform
{
    private const int AuthenticationKeyLength = 20;
    private const int RtcpTagLength = 10;
    private const uint EncryptedBit = 0x80000000;
    private readonly int _rtpTagLength;
    private readonly AesCtrCipher _rtp;
    private readonly AesCtrCipher _rtcp;
    private readonly IncrementalHash _rtpHash;
    private readonly IncrementalHash _rtcpHash;
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
        _rtpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authenticationKey);
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtcpAuthentication, authenticationKey);
        _rtcpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authenticationKey);
        CryptographicOperations.ZeroMemory(key);
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtpSalt, _rtpSalt.AsSpan(0, masterSalt.Length));
        KeyDerivation.Derive(masterKey, masterSalt, KeyDerivation.RtcpSalt, _rtcpSalt.AsSpan(0, masterSalt.Length));
    }

    public override void SealRtp(Span<byte> buffer, int headerLength, int length, uint ssrc, long index)
    {
        Encrypt(_rtp, _rtpSalt, ssrc, index, buffer[headerLength..length]);
        // §4.2: the roll-over counter is authenticated behind the packet. It stands where the tag will, so that one call hashes both.
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], (uint)(index >> 16));
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Authenticate(_rtpHash, buffer[..(length + 4)], hash);
        hash[.._rtpTagLength].CopyTo(buffer[length..]);
    }

    public override bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        var tag = packet[^_rtpTagLength..];
        Span<byte> received = stackalloc byte[_rtpTagLength];
        tag.CopyTo(received);
        BinaryPrimitives.WriteUInt32BigEndian(tag, (uint)(index >> 16));
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Authenticate(_rtpHash, packet[..^(_rtpTagLength - 4)], hash);
        received.CopyTo(tag);
        if (!CryptographicOperations.FixedTimeEquals(received, hash[.._rtpTagLength]))
        {
            return false;
        }

        Encrypt(_rtp, _rtpSalt, ssrc, index, packet[headerLength..^_rtpTagLength]);
        return true;
    }

    public override void SealRtcp(Span<byte> buffer, int length, uint ssrc, long index)
    {
        Encrypt(_rtcp, _rtcpSalt, ssrc, index, buffer[RtcpHeader.Length..length]);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], EncryptedBit | (uint)index);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Authenticate(_rtcpHash, buffer[..(length + 4)], hash);
        hash[..RtcpTagLength].CopyTo(buffer[(length + 4)..]);
    }

    public override int RtcpIndexOffset(int packetLength) => packetLength - RtcpTagLength - 4;

    public override bool TryOpenRtcp(Span<byte> packet, uint ssrc, long index)
    {
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Authenticate(_rtcpHash, packet[..^RtcpTagLength], hash);
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

    private static void Authenticate(IncrementalHash hash, ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        hash.AppendData(bytes);
        hash.GetHashAndReset(destination);
    }
}
