using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Parley.Ciphers;

/// <summary>
/// GHASH (NIST SP 800-38D §6.4), computed as POLYVAL over byte-reversed blocks: RFC 8452 appendix A gives
/// GHASH(H, X…) = reverse(POLYVAL(mulX(reverse(H)), reverse(X)…)), which spares the bit reflection. Products of several blocks
/// with descending powers of H are summed before one reduction. States and powers are held byte-reversed.
/// </summary>
internal static unsafe class GHash<T>
    where T : struct, IInstructions
{
    /// <summary>
    /// How many powers of H a key keeps: enough for eight blocks, as many as eight behind them, and the block of lengths.
    /// </summary>
    public const int PowerCount = 17;

    /// <summary>Writes H¹⁷ … H¹, 16 bytes each, where H is the encrypted zero block.</summary>
    public static void Expand(Vector128<byte> h, byte* powers)
    {
        var first = MultiplyByX(Reverse(h));
        var power = first;
        for (var exponent = 1; exponent <= PowerCount; exponent++)
        {
            power.AsByte().Store(powers + (PowerCount - exponent) * 16);
            power = Multiply(power, first);
        }
    }

    /// <summary>The state after <paramref name="count"/> blocks; <paramref name="powers"/> points to the power of that exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Absorb(Vector128<ulong> state, byte* blocks, byte* powers, int count)
    {
        Vector128<ulong> low = default, cross = default, high = default;
        AddProduct(Reverse(Vector128.Load(blocks)) ^ state, powers, ref low, ref cross, ref high);
        AddProducts(blocks + 16, powers + 16, count - 1, ref low, ref cross, ref high);
        return Reduce(low, cross, high);
    }

    /// <summary>Adds the products of <paramref name="count"/> blocks with descending powers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProducts(
        byte* blocks, byte* powers, int count, ref Vector128<ulong> low, ref Vector128<ulong> cross, ref Vector128<ulong> high)
    {
        for (var i = 0; i < count; i++)
        {
            AddProduct(Reverse(Vector128.Load(blocks + i * 16)), powers + i * 16, ref low, ref cross, ref high);
        }
    }

    /// <summary>Adds the product of a block, as GHASH holds it, with a power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(
        Vector128<ulong> block, byte* power, ref Vector128<ulong> low, ref Vector128<ulong> cross, ref Vector128<ulong> high)
    {
        var h = Vector128.Load(power).AsUInt64();
        low ^= T.MultiplyLow(block, h);
        cross ^= T.MultiplyCross(block, h);
        high ^= T.MultiplyHigh(block, h);
    }

    /// <summary>low + cross·x⁶⁴ + high·x¹²⁸, times x⁻¹²⁸, modulo POLYVAL's x¹²⁸ + x¹²⁷ + x¹²⁶ + x¹²¹ + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> cross, Vector128<ulong> high) =>
        Fold(Fold(low) ^ cross) ^ high;

    /// <summary>A block as GHASH holds it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Reverse(Vector128<byte> block) =>
        Vector128.Shuffle(block, Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)).AsUInt64();

    private static Vector128<ulong> Multiply(Vector128<ulong> left, Vector128<ulong> right) =>
        Reduce(T.MultiplyLow(left, right), T.MultiplyCross(left, right), T.MultiplyHigh(left, right));

    private static Vector128<ulong> MultiplyByX(Vector128<ulong> value)
    {
        var low = value.ToScalar();
        var high = value.GetElement(1);
        var carry = (ulong)-(long)(high >> 63);
        return Vector128.Create((low << 1) ^ (carry & 1), ((high << 1) | (low >> 63)) ^ (carry & 0xC200000000000000));
    }

    // Times x⁻⁶⁴: the low half comes back at x⁶⁴ + x⁶³ + x⁶² + x⁵⁷ of its place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Fold(Vector128<ulong> value) =>
        Vector128.Shuffle(value, Vector128.Create(1UL, 0)) ^ T.MultiplyLow(value, Vector128.Create(0xC200000000000000, 0UL));
}
