namespace Parley.Ciphers;

/// <summary>
/// The AES block function (FIPS 197) on single blocks, for what protocols build on it themselves, such as the sequence-number
/// encryption of DTLS 1.3 (RFC 9147 §4.2.3). Allocates nothing per call. Not safe for concurrent use.
/// </summary>
public sealed class AesBlockCipher : IDisposable
{
    /// <summary>Bytes in a block.</summary>
    public const int BlockLength = 16;

    private readonly CounterEngine _engine;
    private bool _disposed;

    /// <summary>Takes a copy of the key, expanded.</summary>
    /// <param name="key">16, 24 or 32 bytes.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public AesBlockCipher(ReadOnlySpan<byte> key)
        : this(key, CipherImplementations.Best)
    {
    }

    internal AesBlockCipher(ReadOnlySpan<byte> key, CipherImplementation implementation) =>
        _engine = CounterEngine.Create(key, implementation);

    /// <summary>Encrypts one block.</summary>
    /// <param name="block">16 bytes.</param>
    /// <param name="destination">Receives 16 bytes; may be the same memory.</param>
    /// <exception cref="ArgumentException">A length is not 16.</exception>
    /// <exception cref="ObjectDisposedException">The cipher is disposed.</exception>
    public void Encrypt(ReadOnlySpan<byte> block, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (block.Length != BlockLength || destination.Length != BlockLength)
        {
            Misuse.ThrowLength();
        }

        _engine.EncryptBlock(block, destination);
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        _disposed = true;
        _engine.Dispose();
    }
}
