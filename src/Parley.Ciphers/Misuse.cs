using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Parley.Ciphers;

/// <summary>The answers to a caller's mistakes, kept out of the hot paths.</summary>
internal static class Misuse
{
    [DoesNotReturn]
    public static void ThrowLength() =>
        throw new ArgumentException("A nonce, tag or block has the wrong length, or the output is not as long as the input.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CheckOverlap(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        if (source.Overlaps(destination, out var offset) && offset != 0)
        {
            throw new ArgumentException("Input and output overlap without being the same memory.");
        }
    }
}
