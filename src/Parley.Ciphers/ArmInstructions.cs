using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace Parley.Ciphers;

/// <summary>The Arm64 cryptographic extension: AESE, AESMC and PMULL.</summary>
internal readonly struct ArmInstructions : IInstructions
{
    // AESE adds its key before SubBytes where AES-NI adds it at the end: with a key of zero and the addition after it, both read alike.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> state, Vector128<byte> key) =>
        ArmAes.MixColumns(ArmAes.Encrypt(state, Vector128<byte>.Zero)) ^ key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> state, Vector128<byte> key) =>
        ArmAes.Encrypt(state, Vector128<byte>.Zero) ^ key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyLow(Vector128<ulong> left, Vector128<ulong> right) =>
        ArmAes.PolynomialMultiplyWideningLower(left.GetLower(), right.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyHigh(Vector128<ulong> left, Vector128<ulong> right) =>
        ArmAes.PolynomialMultiplyWideningUpper(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyCross(Vector128<ulong> left, Vector128<ulong> right)
    {
        var swapped = Vector128.Shuffle(right, Vector128.Create(1UL, 0));
        return MultiplyLow(left, swapped) ^ MultiplyHigh(left, swapped);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Multiply8(
        Vector128<ulong> state, byte* blocks, byte* powers, out Vector128<ulong> low, out Vector128<ulong> cross, out Vector128<ulong> high)
    {
        low = cross = high = default;
        GHash<ArmInstructions>.AddProduct(
            GHash<ArmInstructions>.Reverse(Vector128.Load(blocks)) ^ state, powers, ref low, ref cross, ref high);
        GHash<ArmInstructions>.AddProducts(blocks + 16, powers + 16, 7, ref low, ref cross, ref high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<ulong> TransformAndAbsorb8(
        byte* keys, int rounds, Vector128<uint> counter, byte* source, byte* destination, Vector128<ulong> state, byte* blocks,
        byte* powers) =>
        GcmRounds<ArmInstructions>.TransformAndAbsorb8(keys, rounds, counter, source, destination, state, blocks, powers);
}
