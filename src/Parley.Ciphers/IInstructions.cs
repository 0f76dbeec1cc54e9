using System.Runtime.Intrinsics;

namespace Parley.Ciphers;

/// <summary>
/// The processor's instructions for AES rounds and for products of polynomials over GF(2), under one name on each
/// architecture. Implemented by empty structs, so that the kernels over it are compiled for each one without a call.
/// </summary>
internal interface IInstructions
{
    /// <summary>SubBytes, ShiftRows, MixColumns, then AddRoundKey (FIPS 197 §5.1).</summary>
    static abstract Vector128<byte> Round(Vector128<byte> state, Vector128<byte> key);

    /// <summary>SubBytes, ShiftRows, then AddRoundKey.</summary>
    static abstract Vector128<byte> LastRound(Vector128<byte> state, Vector128<byte> key);

    /// <summary>The product of the low halves.</summary>
    static abstract Vector128<ulong> MultiplyLow(Vector128<ulong> left, Vector128<ulong> right);

    /// <summary>The product of the high halves.</summary>
    static abstract Vector128<ulong> MultiplyHigh(Vector128<ulong> left, Vector128<ulong> right);

    /// <summary>The sum of the two products of one's low half and the other's high half.</summary>
    static abstract Vector128<ulong> MultiplyCross(Vector128<ulong> left, Vector128<ulong> right);

    /// <summary>
    /// The products, not reduced yet, of the state and eight blocks at <paramref name="blocks"/> with eight descending powers of H at
    /// <paramref name="powers"/>, as <see cref="GHash{T}"/> keeps them.
    /// </summary>
    static abstract unsafe void Multiply8(
        Vector128<ulong> state, byte* blocks, byte* powers, out Vector128<ulong> low, out Vector128<ulong> cross,
        out Vector128<ulong> high);

    /// <summary>
    /// <see cref="AesRounds{T}.Transform8"/> and the GHASH of eight other blocks at once, with their instructions interleaved: behind one
    /// another, the waiting rounds would fill the processor's scheduler and nothing would overlap.
    /// </summary>
    static abstract unsafe Vector128<ulong> TransformAndAbsorb8(
        byte* keys, int rounds, Vector128<uint> counter, byte* source, byte* destination, Vector128<ulong> state, byte* blocks,
        byte* powers);
}
