using System.Runtime.CompilerServices;

namespace Parley.Ciphers;

/// <summary>
/// AES-GCM (NIST SP 800-38D) with a key of 128 or 256 bits, a nonce of 96 bits and a tag of 128 bits: the AEAD of DTLS records
/// (RFC 5288) and SRTP packets (RFC 7714). Allocates nothing per call. Not safe for concurrent use.
/// </summary>
/// <remarks>A nonce must never serve twice under one key for sealing: the caller counts.</remarks>
public sealed class AesGcmCipher : IDisposable
{
    /// <summary>Bytes in a nonce.</summary>
    public const int NonceLength = 12;

    /// <summary>Bytes in a tag.</summary>
    public const int TagLength = 16;

    private readonly GcmEngine _engine;
    private bool _disposed;

    /// <summary>Takes a copy of the key, expanded.</summary>
    /// <param name="key">16 or 32 bytes.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public AesGcmCipher(ReadOnlySpan<byte> key)
        : this(key, CipherImplementations.Best)
    {
    }

    internal AesGcmCipher(ReadOnlySpan<byte> key, CipherImplementation implementation)
    {
        if (key.Length is not (16 or 32))
        {
            throw new ArgumentException("An AES-GCM key has 16 or 32 bytes.", nameof(key));
        }

        _engine = GcmEngine.Create(key, implementation);
    }

    /// <summary>Encrypts the plaintext and authenticates it and the additional data.</summary>
    /// <param name="nonce">12 bytes, never used before under this key.</param>
    /// <param name="aad">What is authenticated only; may be empty.</param>
    /// <param name="plaintext">What is encrypted; may be empty.</param>
    /// <param name="ciphertext">As long as the plaintext; the same memory or memory that does not overlap it.</param>
    /// <param name="tag">Receives 16 bytes; may lie behind the ciphertext, not in it.</param>
    /// <exception cref="ArgumentException">A length is wrong, or the buffers overlap otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The cipher is disposed.</exception>
    public void Seal(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag)
    {
        Check(nonce.Length, tag.Length, plaintext, ciphertext);
        _engine.Seal(nonce, aad, plaintext, ciphertext, tag);
    }

    /// <summary>Checks the tag and decrypts.</summary>
    /// <param name="nonce">The 12 bytes used to seal.</param>
    /// <param name="aad">The additional data used to seal.</param>
    /// <param name="ciphertext">What <see cref="Seal"/> wrote.</param>
    /// <param name="tag">The 16 bytes of the tag.</param>
    /// <param name="plaintext">As long as the ciphertext; the same memory or memory that does not overlap it.</param>
    /// <returns>Whether the tag is right. When it is not, <paramref name="plaintext"/> is cleared: opened in place, the packet is
    /// gone.</returns>
    /// <exception cref="ArgumentException">A length is wrong, or the buffers overlap otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The cipher is disposed.</exception>
    public bool TryOpen(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        Check(nonce.Length, tag.Length, ciphertext, plaintext);
        return _engine.TryOpen(nonce, aad, ciphertext, tag, plaintext);
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        _disposed = true;
        _engine.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Check(int nonceLength, int tagLength, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (nonceLength != NonceLength || tagLength != TagLength || source.Length != destination.Length)
        {
            Misuse.ThrowLength();
        }

        Misuse.CheckOverlap(source, destination);
    }
}
