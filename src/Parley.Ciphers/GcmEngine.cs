namespace Parley.Ciphers;

/// <summary>One implementation of AES-GCM under one key. Lengths have been checked by <see cref="AesGcmCipher"/>.</summary>
internal abstract class GcmEngine : IDisposable
{
    /// <summary>Encrypts and writes the tag.</summary>
    public abstract void Seal(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag);

    /// <summary>Decrypts; false, with the output cleared, when the tag is not right.</summary>
    public abstract bool TryOpen(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext);

    /// <summary>Wipes the key.</summary>
    public abstract void Dispose();

    /// <summary>The engine of that implementation.</summary>
    public static GcmEngine Create(ReadOnlySpan<byte> key, CipherImplementation implementation) => implementation switch
    {
        CipherImplementation.X86 => new HardwareGcm<X86Instructions>(key),
        CipherImplementation.X86Wide => new HardwareGcm<X86WideInstructions>(key),
        CipherImplementation.Arm => new HardwareGcm<ArmInstructions>(key),
        _ => new PlatformGcm(key),
    };
}
