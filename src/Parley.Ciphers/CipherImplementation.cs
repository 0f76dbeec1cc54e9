namespace Parley.Ciphers;

/// <summary>Which code runs a cipher. Chosen once by what the processor has; tests run every one that is supported.</summary>
internal enum CipherImplementation
{
    /// <summary>The operating system's library, through <c>System.Security.Cryptography</c>.</summary>
    Platform,

    /// <summary>x86 AES-NI and PCLMULQDQ, eight blocks interleaved.</summary>
    X86,

    /// <summary>x86 AES-NI with GHASH four blocks to an instruction (VPCLMULQDQ with AVX-512).</summary>
    X86Wide,

    /// <summary>Arm64 AES and PMULL, eight blocks interleaved.</summary>
    Arm,
}
