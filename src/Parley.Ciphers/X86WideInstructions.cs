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
    public static unsafe void Multiply8(
        Vector128<ulong> state, byte* blocks, byte* powers, out Vector128<ulong> low, out Vector128<ulong> cross, out Vector128<ulong> high)
    {
        var first = Reverse(Vector512.Load(blocks)) ^ state.ToVector256().ToVector512();
        var second = Reverse(Vector512.Load(blocks + 64));
        var h8 = Vector512.Load(powers).AsUInt64();
        var h4 = Vector512.Load(powers + 64).AsUInt64();
        low = Fold(Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x00) ^ Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x00));
        high = Fold(Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x11) ^ Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x11));
        cross = Fold(Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x01) ^ Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x10)
            ^ Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x01) ^ Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x10));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<ulong> TransformAndAbsorb8(
        byte* keys, int rounds, Vector128<uint> counter, byte* source, byte* destination, Vector128<ulong> state, byte* blocks,
        byte* powers)
    {
        AesRounds<X86Instructions>.Start8(
            keys, counter, out var b0, out var b1, out var b2, out var b3, out var b4, out var b5, out var b6, out var b7);
        AesRounds<X86Instructions>.Round8(keys + 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        var second = Reverse(Vector512.Load(blocks + 64));
        var h4 = Vector512.Load(powers + 64).AsUInt64();
        var low = Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x00);
        AesRounds<X86Instructions>.Round8(keys + 2 * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        var cross = Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x01) ^ Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x10);
        AesRounds<X86Instructions>.Round8(keys + 3 * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        var high = Pclmulqdq.V512.CarrylessMultiply(second, h4, 0x11);
        var first = Reverse(Vector512.Load(blocks)) ^ state.ToVector256().ToVector512();
        var h8 = Vector512.Load(powers).AsUInt64();
        AesRounds<X86Instructions>.Round8(keys + 4 * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        low ^= Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x00);
        AesRounds<X86Instructions>.Round8(keys + 5 * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        cross ^= Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x01) ^ Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x10);
        AesRounds<X86Instructions>.Round8(keys + 6 * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        high ^= Pclmulqdq.V512.CarrylessMultiply(first, h8, 0x11);
        AesRounds<X86Instructions>.Round8(keys + 7 * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        var (foldedLow, foldedCross, foldedHigh) = (Fold(low), Fold(cross), Fold(high));
        AesRounds<X86Instructions>.Round8(keys + 8 * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        state = GHash<X86Instructions>.Reduce(foldedLow, foldedCross, foldedHigh);
        for (var i = 9; i < rounds; i++)
        {
            AesRounds<X86Instructions>.Round8(keys + i * 16, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        }

        var last = Vector128.Load(keys + rounds * 16);
        Finish4(last, source, destination, b0, b1, b2, b3);
        Finish4(last, source + 64, destination + 64, b4, b5, b6, b7);
        return state;
    }

    // Written as a whole, since the hash reads it as a whole soon after: the processor does not forward four small stores to one large
    // load.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Finish4(
        Vector128<byte> key, byte* source, byte* destination, Vector128<byte> b0, Vector128<byte> b1, Vector128<byte> b2,
        Vector128<byte> b3)
    {
        var low = Vector256.Create(LastRound(b0, key), LastRound(b1, key));
        var high = Vector256.Create(LastRound(b2, key), LastRound(b3, key));
        (Vector512.Create(low, high) ^ Vector512.Load(source)).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Reverse(Vector512<byte> blocks)
    {
        // Written out, so that the compiler sees one constant.
        var order = Vector512.Create(
            (byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
            15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
            15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
            15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        return Avx512BW.Shuffle(blocks, order).AsUInt64();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Fold(Vector512<ulong> products)
    {
        var half = products.GetLower() ^ products.GetUpper();
        return half.GetLower() ^ half.GetUpper();
    }
}
