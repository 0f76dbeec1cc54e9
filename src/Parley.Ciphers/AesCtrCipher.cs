namespace Parley.Ciphers;

/// <summary>
/// AES in counter mode (NIST SP 800-38A §6.5) with a key of 128, 192 or 256 bits: the cipher of SRTP's AES-CM transforms
/// (RFC 3711 §4.1.1, RFC 6188). Allocates nothing per call. Not safe for concurrent use.
/// </summary>
public sealed class AesCtrCipher : IDisposable
{
    /// <summary>Bytes in an initial counter block.</summary>
    public const int IvLength = 16;

    private readonly CounterEngine _engine;
    private bool _disposed;

    /// <summary>Takes a copy of the key, expanded.</summary>
    /// <param name="key">16, 24 or 32 bytes.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public AesCtrCipher(ReadOnlySpan<byte> key)
        : this(key, CipherImplementations.Best)
    {
    }

    internal AesCtrCipher(ReadOnlySpan<byte> key, CipherImplementation implementation) =>
        _engine = CounterEngine.Create(key, implementation);

    /// <summary>Encrypts or decrypts: both add the key stream.</summary>
    /// <param name="iv16">The first counter block, 16 bytes; it counts as one big-endian number of 128 bits.</param>
    /// <param name="input">Any length.</param>
    /// <param name="output">As long as the input; the same memory or memory that does not overlap it.</param>
    /// <exception cref="ArgumentException">A length is wrong, or the buffers overlap otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The cipher is disposed.</exception>
    public void Transform(ReadOnlySpan<byte> iv16, ReadOnlySpan<byte> input, Span<byte> output)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (iv16.Length != IvLength || input.Length != output.Length)
        {
            Misuse.ThrowLength();
        }

        Misuse.CheckOverlap(input, output);
        _engine.Transform(iv16, input, output);
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        _disposed = true;
        _engine.Dispose();
    }
}
