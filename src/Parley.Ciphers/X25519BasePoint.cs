using System.Runtime.CompilerServices;

namespace Parley.Ciphers;

/// <summary>
/// Multiples of the base point P by a ladder from the right (Oliveira, López, Hışıl, Faz-Hernández, Rodríguez-Henríquez: How to
/// (pre-)compute a ladder, 2017). What would be doubled on the way is the same for all scalars and made once, so a bit costs one
/// differential addition instead of that and a doubling. Which entry of the table is read depends on the place of the bit alone, never on
/// its value.
/// </summary>
/// <remarks>
/// Sum starts at S, a point of order 4 with u = 1, so that no sum ever meets a multiple of P; multiplying by 8 in the end takes S out. With
/// Pᵢ = 2ⁱP the invariant is Difference = Sum − Pᵢ. A bit of 1 adds Pᵢ to Sum, whose distance to Pᵢ₊₁ then is what it was; a bit of 0 takes
/// Pᵢ from Difference, and Sum remains.
/// </remarks>
internal static class X25519BasePoint
{
    // Of a scalar by RFC 7748 §5 the three lowest bits are 0, and bit 254 is the highest.
    private const int LowestBit = 3;
    private const int Bits = 252;

    // u(S − P). With u = 1 and u = 9 the two differences have the product 1 and the sum 8760016/32; either root does, as S and −S have the
    // same u.
    private static readonly FieldElement25519 FirstDifference =
        new(0x31E0137D48290, 0x23D69A240F02D, 0x28ADC75103DA9, 0x265A91C2FA36E, 0x215132111D835);

    // (u + 1) / (u − 1) for the u of each Pᵢ.
    private static readonly FieldElement25519[] Ratios = MakeRatios();

    /// <summary>Leaves the scalar's multiple of the base point in <c>Sum</c> of the state, as X and Z.</summary>
    public static void Multiply(ref State state, ReadOnlySpan<byte> scalar)
    {
        state.Sum = new Point(FieldElement25519.One, FieldElement25519.One);
        state.Difference = new Point(FirstDifference, FieldElement25519.One);
        Climb(ref state, scalar, Ratios);
        for (var i = 0; i < LowestBit; i++)
        {
            Double(ref state.Sum, ref state.A, ref state.B);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Climb(ref State state, ReadOnlySpan<byte> scalar, ReadOnlySpan<FieldElement25519> ratios)
    {
        ulong swapped = 0;
        for (var i = 0; i < ratios.Length; i++)
        {
            var bit = (ulong)(scalar[(i + LowestBit) >> 3] >> ((i + LowestBit) & 7)) & 1;
            var mask = 0 - (swapped ^ bit ^ 1);
            swapped = bit ^ 1;
            FieldElement25519.Swap(mask, ref state.Sum.X, ref state.Difference.X);
            FieldElement25519.Swap(mask, ref state.Sum.Z, ref state.Difference.Z);
            Add(ref state, ratios[i]);
        }

        FieldElement25519.Swap(0 - swapped, ref state.Sum.X, ref state.Difference.X);
        FieldElement25519.Swap(0 - swapped, ref state.Sum.Z, ref state.Difference.Z);
    }

    // Sum and a Pᵢ added, where Difference is what lies between them.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ref State state, in FieldElement25519 ratio)
    {
        ref var a = ref state.A;
        ref var b = ref state.B;
        FieldElement25519.Subtract(out b, state.Sum.X, state.Sum.Z);
        FieldElement25519.Multiply(out b, b, ratio);
        FieldElement25519.Add(out a, state.Sum.X, state.Sum.Z);
        FieldElement25519.Add(out state.Sum.X, a, b);
        FieldElement25519.Square(out state.Sum.X, state.Sum.X);
        FieldElement25519.Multiply(out state.Sum.X, state.Sum.X, state.Difference.Z);
        FieldElement25519.Subtract(out state.Sum.Z, a, b);
        FieldElement25519.Square(out state.Sum.Z, state.Sum.Z);
        FieldElement25519.Multiply(out state.Sum.Z, state.Sum.Z, state.Difference.X);
    }

    // The half of RFC 7748's ladder step that doubles.
    private static void Double(ref Point point, ref FieldElement25519 a, ref FieldElement25519 b)
    {
        FieldElement25519.Add(out a, point.X, point.Z);
        FieldElement25519.Square(out a, a);
        FieldElement25519.Subtract(out b, point.X, point.Z);
        FieldElement25519.Square(out b, b);
        FieldElement25519.Multiply(out point.X, a, b);
        FieldElement25519.Subtract(out b, a, b);
        FieldElement25519.Multiply(out point.Z, b, X25519.A24);
        FieldElement25519.Add(out point.Z, point.Z, a);
        FieldElement25519.Multiply(out point.Z, point.Z, b);
    }

    // All (X + Z) / (X − Z) by one inversion: of the product of all denominators.
    private static FieldElement25519[] MakeRatios()
    {
        var ratios = new FieldElement25519[Bits];
        var products = new FieldElement25519[Bits];
        var denominators = new FieldElement25519[Bits];
        var product = FieldElement25519.One;
        FieldElement25519 a = default, b = default;
        var point = new Point(new FieldElement25519(9, 0, 0, 0, 0), FieldElement25519.One);
        for (var i = 0; i < Bits; i++)
        {
            FieldElement25519.Add(out ratios[i], point.X, point.Z);
            FieldElement25519.Subtract(out denominators[i], point.X, point.Z);
            products[i] = product;
            FieldElement25519.Multiply(out product, product, denominators[i]);
            Double(ref point, ref a, ref b);
        }

        var powers = default(FieldElement25519.Powers);
        FieldElement25519.Invert(ref powers, out var inverse, product);
        for (var i = Bits - 1; i >= 0; i--)
        {
            FieldElement25519.Multiply(out ratios[i], ratios[i], inverse);
            FieldElement25519.Multiply(out ratios[i], ratios[i], products[i]);
            FieldElement25519.Multiply(out inverse, inverse, denominators[i]);
        }

        return ratios;
    }

    /// <summary>A point's u as X / Z.</summary>
    internal struct Point(FieldElement25519 x, FieldElement25519 z)
    {
        public FieldElement25519 X = x;
        public FieldElement25519 Z = z;
    }

    /// <summary>All of a computation that depends on the scalar.</summary>
    internal struct State
    {
        public Point Sum;
        public Point Difference;
        public FieldElement25519 A;
        public FieldElement25519 B;
        public FieldElement25519.Powers Powers;
    }
}
