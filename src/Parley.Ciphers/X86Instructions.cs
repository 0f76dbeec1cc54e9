using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Parley.Ciphers;

/// <summary>AES-NI and PCLMULQDQ.</summary>
internal readonly struct X86Instructions : IInstructions
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> state, Vector128<byte> key) => X86Aes.Encrypt(state, key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> state, Vector128<byte> key) => X86Aes.EncryptLast(state, key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyLow(Vector128<ulong> left, Vector128<ulong> right) =>
        Pclmulqdq.CarrylessMultiply(left, right, 0x00);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyHigh(Vector128<ulong> left, Vector128<ulong> right) =>
        Pclmulqdq.CarrylessMultiply(left, right, 0x11);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyCross(Vector128<ulong> left, Vector128<ulong> right) =>
        Pclmulqdq.CarrylessMultiply(left, right, 0x01) ^ Pclmulqdq.CarrylessMultiply(left, right, 0x10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Multiply8(
        Vector128<ulong> state, byte* blocks, byte* powers, out Vector128<ulong> low, out Vector128<ulong> cross, out Vector128<ulong> high)
    {
        low = cross = high = default;
        GHash<X86Instructions>.AddProduct(
            GHash<X86Instructions>.Reverse(Vector128.Load(blocks)) ^ state, powers, ref low, ref cross, ref high);
        GHash<X86Instructions>.AddProducts(blocks + 16, powers + 16, 7, ref low, ref cross, ref high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<ulong> TransformAndAbsorb8(
        byte* keys, int rounds, Vector128<uint> counter, byte* source, byte* destination, Vector128<ulong> state, byte* blocks,
        byte* powers) =>
        GcmRounds<X86Instructions>.TransformAndAbsorb8(keys, rounds, counter, source, destination, state, blocks, powers);
}
