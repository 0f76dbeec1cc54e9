using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Parley.Ciphers;

/// <summary>What this processor supports.</summary>
internal static class CipherImplementations
{
    /// <summary>The fastest one supported here.</summary>
    public static CipherImplementation Best { get; } = Supported()[^1];

    /// <summary>All that are supported here, the slowest first.</summary>
    public static CipherImplementation[] Supported()
    {
        var supported = new List<CipherImplementation> { CipherImplementation.Platform };
        if (BitConverter.IsLittleEndian && X86Aes.IsSupported && Pclmulqdq.IsSupported && Ssse3.IsSupported)
        {
            supported.Add(CipherImplementation.X86);
            if (Pclmulqdq.V512.IsSupported && Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            {
                supported.Add(CipherImplementation.X86Wide);
            }
        }

        if (BitConverter.IsLittleEndian && ArmAes.IsSupported)
        {
            supported.Add(CipherImplementation.Arm);
        }

        return [.. supported];
    }
}
