using System.Security.Cryptography;

namespace Parley.Ciphers;

/// <summary>AES-GCM by the operating system's library.</summary>
internal sealed class PlatformGcm(ReadOnlySpan<byte> key) : GcmEngine
{
    private readonly AesGcm _cipher = new(key, AesGcmCipher.TagLength);

    public override void Seal(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag) =>
        _cipher.Encrypt(nonce, plaintext, ciphertext, tag, aad);

    public override bool TryOpen(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        try
        {
            _cipher.Decrypt(nonce, ciphertext, tag, plaintext, aad);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // The library has no answer but this exception.
            plaintext.Clear();
            return false;
        }
    }

    public override void Dispose() => _cipher.Dispose();
}
