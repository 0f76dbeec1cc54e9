using Parley.Ciphers;

namespace Parley.Srtp;

/// <summary>
/// Session keys from the master key by AES in counter mode (RFC 3711 §4.3.1 and §4.3.3; RFC 6188 §3 for longer keys), with a key
/// derivation rate of zero: once per master key.
/// </summary>
internal static class KeyDerivation
{
    public const byte RtpEncryption = 0;
    public const byte RtpAuthentication = 1;
    public const byte RtpSalt = 2;
    public const byte RtcpEncryption = 3;
    public const byte RtcpAuthentication = 4;
    public const byte RtcpSalt = 5;

    /// <summary>Fills the destination with the session key of that label.</summary>
    public static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, byte label, Span<byte> destination)
    {
        // x = key_id XOR master_salt, the input block x * 2^16. RFC 7714 §11: a salt of 96 bits is padded behind with 16 zeros.
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        masterSalt.CopyTo(block);
        block[7] ^= label;
        destination.Clear();
        using var cipher = new AesCtrCipher(masterKey);
        cipher.Transform(block, destination, destination);
    }
}
