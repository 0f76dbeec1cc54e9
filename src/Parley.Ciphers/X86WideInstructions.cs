using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Parley.Ciphers;

/// <summary>
/// AES-NI, and VPCLMULQDQ on 512 bits for GHASH. .NET 10 shows no VAES, so the AES rounds stay at one block to an
/// instruction.
/// </summary>
internal readonly struct X86WideInstructions : IInstructions
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> state, Vector128<byte> key) => X86Instructions.Round(state, key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> state, Vector128<byte> key) => X86Instructions.LastRound(state, key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyLow(Vector128<ulong> left, Vector128<ulong> right) =>
        X86Instructions.MultiplyLow(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyHigh(Vector128<ulong> left, Vector128<ulong> right) =>
        X86Instructions.MultiplyHigh(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> MultiplyCross(Vector128<ulong> left, Vector128<ulong> right) =>
        X86Instructions.MultiplyCross(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<ulong> Absorb8(Vector128<ulong> state, byte* blocks, byte* powers)
    {
        var first = Reverse(Vector512.Load(blocks)) ^ Vector512.Create(Vector256.Create(state, default), default);
        var second = Reverse(Vector512.Load(blocks + 64));
        var h8 = Vector512.Load(powers).AsUInt64();
        var h4 = Vector512.Load(powers + 64).AsUInt64();
        var low = Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x00) ^ Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x00);
        var high = Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x11) ^ Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x11);
        var cross = Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x01) ^ Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x10)
            ^ Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x01) ^ Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x10);
        return GHash<X86WideInstructions>.Reduce(Fold(low), Fold(cross), Fold(high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Reverse(Vector512<byte> blocks)
    {
        var order = Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        return Avx512BW.Shuffle(blocks, Vector512.Create(Vector256.Create(order, order), Vector256.Create(order, order))).AsUInt64();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Fold(Vector512<ulong> products)
    {
        var half = products.GetLower() ^ products.GetUpper();
        return half.GetLower() ^ half.GetUpper();
    }
}
