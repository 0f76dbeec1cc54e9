namespace Parley.Ciphers;

/// <summary>One implementation of the AES block function under one key, for single blocks and for counter mode.</summary>
internal abstract class CounterEngine : IDisposable
{
    /// <summary>Encrypts one block of 16 bytes.</summary>
    public abstract void EncryptBlock(ReadOnlySpan<byte> block, Span<byte> destination);

    /// <summary>Adds the key stream from the counter block <paramref name="iv"/> on.</summary>
    public abstract void Transform(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input, Span<byte> output);

    /// <summary>Wipes the key.</summary>
    public abstract void Dispose();

    /// <summary>The engine of that implementation.</summary>
    public static CounterEngine Create(ReadOnlySpan<byte> key, CipherImplementation implementation)
    {
        if (key.Length is not (16 or 24 or 32))
        {
            throw new ArgumentException("An AES key has 16, 24 or 32 bytes.", nameof(key));
        }

        return implementation switch
        {
            CipherImplementation.X86 or CipherImplementation.X86Wide => new HardwareCounter<X86Instructions>(key),
            CipherImplementation.Arm => new HardwareCounter<ArmInstructions>(key),
            _ => new PlatformCounter(key),
        };
    }
}
