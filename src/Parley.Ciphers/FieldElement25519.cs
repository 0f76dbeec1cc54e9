using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Parley.Ciphers;

/// <summary>
/// An element of GF(2²⁵⁵ − 19) (RFC 7748 §4.1) in five limbs of 51 bits. Limbs may be a little larger: products and squares give limbs
/// under 2⁵¹ + 2²⁶ and take limbs under 2⁵⁴, so that a few sums and differences may lie between. Every operation takes the same time and
/// touches the same memory whatever the values; there is no comparison that a compiler could turn into a branch. Results may be written
/// over operands.
/// </summary>
/// <remarks>
/// Operands are shifted left by 13 bits together before they are multiplied, so that the upper word of a product is what belongs to the
/// next limb and nothing needs a carry between words: a column of words from ten products fits 64 bits.
/// </remarks>
[SkipLocalsInit]
internal struct FieldElement25519
{
    /// <summary>Bytes in an encoded element.</summary>
    public const int Length = 32;

    private const int LimbBits = 51;
    private const ulong Mask = (1UL << LimbBits) - 1;

    // 2p: what is added before a subtraction, so that no limb falls below zero.
    private const ulong TwiceP0 = (1UL << 52) - 38;
    private const ulong TwiceP = (1UL << 52) - 2;

    private ulong _0;
    private ulong _1;
    private ulong _2;
    private ulong _3;
    private ulong _4;

    public FieldElement25519(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4) => (_0, _1, _2, _3, _4) = (l0, l1, l2, l3, l4);

    public static FieldElement25519 One => new(1, 0, 0, 0, 0);

    /// <summary>
    /// Reads 32 bytes, little-endian; the top bit is not looked at, and values from p on are taken modulo p (RFC 7748 §5).
    /// </summary>
    public static FieldElement25519 Read(ReadOnlySpan<byte> source)
    {
        var w0 = BinaryPrimitives.ReadUInt64LittleEndian(source);
        var w1 = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]);
        var w2 = BinaryPrimitives.ReadUInt64LittleEndian(source[16..]);
        var w3 = BinaryPrimitives.ReadUInt64LittleEndian(source[24..]);
        return new FieldElement25519(
            w0 & Mask,
            ((w0 >> 51) | (w1 << 13)) & Mask,
            ((w1 >> 38) | (w2 << 26)) & Mask,
            ((w2 >> 25) | (w3 << 39)) & Mask,
            (w3 >> 12) & Mask);
    }

    /// <summary>Writes the one value between 0 and p − 1, little-endian.</summary>
    public readonly void Write(Span<byte> destination)
    {
        var value = this;
        Carry(ref value, _0, _1, _2, _3, _4);
        var (l0, l1, l2, l3, l4) = (value._0, value._1, value._2, value._3, value._4);

        // Now below 2p. It is p or more exactly if adding 19 reaches 2²⁵⁵; then 19 is added and 2²⁵⁵ dropped.
        var carry = (l0 + 19) >> LimbBits;
        carry = (l1 + carry) >> LimbBits;
        carry = (l2 + carry) >> LimbBits;
        carry = (l3 + carry) >> LimbBits;
        carry = (l4 + carry) >> LimbBits;
        l0 += 19 * carry;
        l1 += l0 >> LimbBits;
        l2 += l1 >> LimbBits;
        l3 += l2 >> LimbBits;
        l4 += l3 >> LimbBits;
        l0 &= Mask;
        l1 &= Mask;
        l2 &= Mask;
        l3 &= Mask;
        l4 &= Mask;
        BinaryPrimitives.WriteUInt64LittleEndian(destination, l0 | (l1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], (l1 >> 13) | (l2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], (l2 >> 26) | (l3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], (l3 >> 39) | (l4 << 12));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<FieldElement25519>(ref value)));
    }

    /// <summary>x + y, not carried: limbs as large as the sums of theirs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(out FieldElement25519 result, in FieldElement25519 x, in FieldElement25519 y) =>
        result = new FieldElement25519(x._0 + y._0, x._1 + y._1, x._2 + y._2, x._3 + y._3, x._4 + y._4);

    /// <summary>x − y + 2p, not carried; y is a product, or no larger than one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(out FieldElement25519 result, in FieldElement25519 x, in FieldElement25519 y) =>
        result = new FieldElement25519(
            x._0 + TwiceP0 - y._0, x._1 + TwiceP - y._1, x._2 + TwiceP - y._2, x._3 + TwiceP - y._3, x._4 + TwiceP - y._4);

    /// <summary>x · y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(out FieldElement25519 result, in FieldElement25519 x, in FieldElement25519 y)
    {
        ulong x0 = x._0 << 6, x1 = x._1 << 6, x2 = x._2 << 6, x3 = x._3 << 6, x4 = x._4 << 6;
        ulong y0 = y._0 << 7, y1 = y._1 << 7, y2 = y._2 << 7, y3 = y._3 << 7, y4 = y._4 << 7;
        ulong c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0, c6 = 0, c7 = 0, c8 = 0, c9 = 0;
        AddProduct(x0, y0, ref c0, ref c1);
        AddProduct(x0, y1, ref c1, ref c2);
        AddProduct(x0, y2, ref c2, ref c3);
        AddProduct(x0, y3, ref c3, ref c4);
        AddProduct(x0, y4, ref c4, ref c5);
        AddProduct(x1, y0, ref c1, ref c2);
        AddProduct(x1, y1, ref c2, ref c3);
        AddProduct(x1, y2, ref c3, ref c4);
        AddProduct(x1, y3, ref c4, ref c5);
        AddProduct(x1, y4, ref c5, ref c6);
        AddProduct(x2, y0, ref c2, ref c3);
        AddProduct(x2, y1, ref c3, ref c4);
        AddProduct(x2, y2, ref c4, ref c5);
        AddProduct(x2, y3, ref c5, ref c6);
        AddProduct(x2, y4, ref c6, ref c7);
        AddProduct(x3, y0, ref c3, ref c4);
        AddProduct(x3, y1, ref c4, ref c5);
        AddProduct(x3, y2, ref c5, ref c6);
        AddProduct(x3, y3, ref c6, ref c7);
        AddProduct(x3, y4, ref c7, ref c8);
        AddProduct(x4, y0, ref c4, ref c5);
        AddProduct(x4, y1, ref c5, ref c6);
        AddProduct(x4, y2, ref c6, ref c7);
        AddProduct(x4, y3, ref c7, ref c8);
        AddProduct(x4, y4, ref c8, ref c9);
        Unsafe.SkipInit(out result);
        Fold(ref result, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9);
    }

    /// <summary>x².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Square(out FieldElement25519 result, in FieldElement25519 x)
    {
        ulong x0 = x._0 << 6, x1 = x._1 << 6, x2 = x._2 << 6, x3 = x._3 << 6, x4 = x._4 << 6;
        ulong c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0, c6 = 0, c7 = 0, c8 = 0, c9 = 0;

        // A square is shifted by 7 on its other side; what appears twice by 8.
        AddProduct(x0, x0 << 1, ref c0, ref c1);
        AddProduct(x0 << 2, x1, ref c1, ref c2);
        AddProduct(x0 << 2, x2, ref c2, ref c3);
        AddProduct(x0 << 2, x3, ref c3, ref c4);
        AddProduct(x0 << 2, x4, ref c4, ref c5);
        AddProduct(x1, x1 << 1, ref c2, ref c3);
        AddProduct(x1 << 2, x2, ref c3, ref c4);
        AddProduct(x1 << 2, x3, ref c4, ref c5);
        AddProduct(x1 << 2, x4, ref c5, ref c6);
        AddProduct(x2, x2 << 1, ref c4, ref c5);
        AddProduct(x2 << 2, x3, ref c5, ref c6);
        AddProduct(x2 << 2, x4, ref c6, ref c7);
        AddProduct(x3, x3 << 1, ref c6, ref c7);
        AddProduct(x3 << 2, x4, ref c7, ref c8);
        AddProduct(x4, x4 << 1, ref c8, ref c9);
        Unsafe.SkipInit(out result);
        Fold(ref result, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9);
    }

    /// <summary>x to the power of 2ⁿ, n at least 1.</summary>
    public static void Square(out FieldElement25519 result, in FieldElement25519 x, int n)
    {
        Square(out result, x);
        while (--n > 0)
        {
            Square(out result, result);
        }
    }

    /// <summary>x · factor, where the factor is less than 2¹⁸.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(out FieldElement25519 result, in FieldElement25519 x, uint factor)
    {
        var shifted = (ulong)factor << 7;
        ulong c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0;
        AddProduct(x._0 << 6, shifted, ref c0, ref c1);
        AddProduct(x._1 << 6, shifted, ref c1, ref c2);
        AddProduct(x._2 << 6, shifted, ref c2, ref c3);
        AddProduct(x._3 << 6, shifted, ref c3, ref c4);
        AddProduct(x._4 << 6, shifted, ref c4, ref c5);
        result = new FieldElement25519(c0 + 19 * c5, c1, c2, c3, c4);
    }

    /// <summary>1 / x as x to the power of p − 2 = 2²⁵⁵ − 21; 0 for 0. The result may be x.</summary>
    /// <param name="powers">The powers of x on the way; whoever inverts a secret wipes them.</param>
    /// <param name="result">1 / x.</param>
    /// <param name="x">What is inverted.</param>
    public static void Invert(ref Powers powers, out FieldElement25519 result, in FieldElement25519 x)
    {
        ref var t = ref powers.T;
        Square(out powers.X2, x);
        Square(out t, powers.X2, 2);
        Multiply(out powers.X9, t, x);
        Multiply(out powers.X11, powers.X9, powers.X2);
        Square(out t, powers.X11);
        Multiply(out powers.Ones5, t, powers.X9); // x to the power of 2⁵ − 1, and so on.
        Square(out t, powers.Ones5, 5);
        Multiply(out powers.Ones10, t, powers.Ones5);
        Square(out t, powers.Ones10, 10);
        Multiply(out powers.Ones20, t, powers.Ones10);
        Square(out t, powers.Ones20, 20);
        Multiply(out t, t, powers.Ones20);
        Square(out t, t, 10);
        Multiply(out powers.Ones50, t, powers.Ones10);
        Square(out t, powers.Ones50, 50);
        Multiply(out powers.Ones100, t, powers.Ones50);
        Square(out t, powers.Ones100, 100);
        Multiply(out t, t, powers.Ones100);
        Square(out t, t, 50);
        Multiply(out t, t, powers.Ones50);
        Square(out t, t, 5);
        Multiply(out result, t, powers.X11);
    }

    /// <summary>Exchanges the two where the mask is all ones, and leaves them where it is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Swap(ulong mask, ref FieldElement25519 x, ref FieldElement25519 y)
    {
        Swap(mask, ref x._0, ref y._0);
        Swap(mask, ref x._1, ref y._1);
        Swap(mask, ref x._2, ref y._2);
        Swap(mask, ref x._3, ref y._3);
        Swap(mask, ref x._4, ref y._4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Swap(ulong mask, ref ulong x, ref ulong y)
    {
        var difference = mask & (x ^ y);
        x ^= difference;
        y ^= difference;
    }

    // Two limbs that were shifted by 13 together: their product's lower 51 bits belong to one column, the rest to the next.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProduct(ulong x, ulong y, ref ulong column, ref ulong next)
    {
        next += MultiplyHigh(x, y);
        column += (x * y) >> 13;
    }

    // The two halves apart: Math.BigMul passes the lower one through memory, which costs more than a second multiplication.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyHigh(ulong x, ulong y) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x, y) : Math.BigMul(x, y, out _);

    // 2²⁵⁵ = 19. Operands of 2⁵⁴ make columns of at most 5 · (2⁵⁷ + 2⁵¹), and twenty times that is less than 2⁶⁴.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fold(
        ref FieldElement25519 result, ulong c0, ulong c1, ulong c2, ulong c3, ulong c4, ulong c5, ulong c6, ulong c7, ulong c8, ulong c9) =>
        Carry(ref result, c0 + 19 * c5, c1 + 19 * c6, c2 + 19 * c7, c3 + 19 * c8, c4 + 19 * c9);

    // All carries at once, each into the next limb: what is left over 51 bits has 18 at the most.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(ref FieldElement25519 result, ulong c0, ulong c1, ulong c2, ulong c3, ulong c4)
    {
        result._0 = (c0 & Mask) + 19 * (c4 >> LimbBits);
        result._1 = (c1 & Mask) + (c0 >> LimbBits);
        result._2 = (c2 & Mask) + (c1 >> LimbBits);
        result._3 = (c3 & Mask) + (c2 >> LimbBits);
        result._4 = (c4 & Mask) + (c3 >> LimbBits);
    }

    /// <summary>What <see cref="Invert"/> computes on its way. All of it depends on what is inverted.</summary>
    internal struct Powers
    {
        public FieldElement25519 X2, X9, X11, Ones5, Ones10, Ones20, Ones50, Ones100, T;
    }
}
