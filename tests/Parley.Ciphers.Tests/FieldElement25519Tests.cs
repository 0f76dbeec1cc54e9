using System.Numerics;

namespace Parley.Ciphers.Tests;

/// <summary>GF(2²⁵⁵ − 19) against <see cref="BigInteger"/>, with limbs as large as they may be.</summary>
public sealed class FieldElement25519Tests
{
    private const ulong Largest = (1UL << 54) - 1;
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;

    [Fact]
    public void Arithmetic_LimbsAtRandomAndAtTheirEdges_IsThatOfIntegers()
    {
        var random = new Random(51);
        for (var i = 0; i < 5_000; i++)
        {
            var (x, xValue) = Draw(random, Largest);
            var (y, yValue) = Draw(random, Largest);

            FieldElement25519.Multiply(out var result, x, y);
            Expect(xValue * yValue, result);
            FieldElement25519.Square(out result, x);
            Expect(xValue * xValue, result);
            FieldElement25519.Multiply(out result, x, 121665);
            Expect(xValue * 121665, result);
            FieldElement25519.Add(out result, x, y);
            Expect(xValue + yValue, result);

            // What is taken away is a product.
            var (product, productValue) = Draw(random, (1UL << 51) + (1UL << 18));
            FieldElement25519.Subtract(out result, x, product);
            Expect(xValue - productValue, result);
            Expect(xValue, x);
        }
    }

    [Fact]
    public void Product_OfTheLargestLimbs_HasLimbsThatMayBeSubtracted()
    {
        var x = new FieldElement25519(Largest, Largest, Largest, Largest, Largest);
        var value = Value(Largest, Largest, Largest, Largest, Largest);
        FieldElement25519.Multiply(out var product, x, x);
        FieldElement25519.Square(out var square, x);
        FieldElement25519.Subtract(out var difference, product, square);
        Expect(0, difference);
        FieldElement25519.Subtract(out difference, default, square);
        Expect(-value * value, difference);
        FieldElement25519.Multiply(out product, x, 121665);
        FieldElement25519.Subtract(out difference, default, product);
        Expect(-value * 121665, difference);
    }

    [Fact]
    public void Operations_OverTheirOperands_AreTheSame()
    {
        var random = new Random(52);
        var (x, xValue) = Draw(random, Largest);
        var (y, yValue) = Draw(random, Largest);
        var copy = x;
        FieldElement25519.Multiply(out copy, copy, y);
        Expect(xValue * yValue, copy);
        copy = y;
        FieldElement25519.Multiply(out copy, x, copy);
        Expect(xValue * yValue, copy);
        copy = x;
        FieldElement25519.Multiply(out copy, copy, copy);
        Expect(xValue * xValue, copy);
        copy = x;
        FieldElement25519.Square(out copy, copy);
        Expect(xValue * xValue, copy);
        copy = x;
        FieldElement25519.Multiply(out copy, copy, 121665);
        Expect(xValue * 121665, copy);
        copy = x;
        FieldElement25519.Add(out copy, copy, y);
        Expect(xValue + yValue, copy);
        var (product, productValue) = Draw(random, 1UL << 51);
        FieldElement25519.Subtract(out product, x, product);
        Expect(xValue - productValue, product);
    }

    [Fact]
    public void Invert_OfAnything_IsThePowerOfPMinus2()
    {
        var random = new Random(53);
        var powers = default(FieldElement25519.Powers);
        for (var i = 0; i < 200; i++)
        {
            var (x, value) = Draw(random, Largest);
            FieldElement25519.Invert(ref powers, out var inverse, x);
            Expect(BigInteger.ModPow(value, P - 2, P), inverse);
        }

        FieldElement25519.Invert(ref powers, out var zero, default);
        Expect(0, zero);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(18)]
    public void ReadAndWrite_AroundP_GiveTheSmallestValue(int offset)
    {
        foreach (var (value, top) in ((BigInteger, byte)[])[(P + offset, 0), (P + offset, 0x80)])
        {
            var bytes = new byte[32];
            Assert.True(value.TryWriteBytes(bytes, out _, isUnsigned: true));
            bytes[31] |= top;
            Expect(value, FieldElement25519.Read(bytes));
        }
    }

    [Fact]
    public void Swap_ByItsMask_ExchangesOrLeaves()
    {
        var random = new Random(54);
        var (x, xValue) = Draw(random, Largest);
        var (y, yValue) = Draw(random, Largest);
        FieldElement25519.Swap(0, ref x, ref y);
        Expect(xValue, x);
        Expect(yValue, y);
        FieldElement25519.Swap(ulong.MaxValue, ref x, ref y);
        Expect(yValue, x);
        Expect(xValue, y);
    }

    private static void Expect(BigInteger value, in FieldElement25519 actual)
    {
        var bytes = new byte[32];
        actual.Write(bytes);
        var expected = ((value % P) + P) % P;
        Assert.Equal(expected, new BigInteger(bytes, isUnsigned: true));
    }

    private static (FieldElement25519 Element, BigInteger Value) Draw(Random random, ulong largest)
    {
        Span<ulong> limbs = stackalloc ulong[5];
        foreach (ref var limb in limbs)
        {
            limb = random.Next(4) switch
            {
                0 => 0,
                1 => largest,
                2 => Math.Min(largest, (1UL << 51) - 1),
                _ => (ulong)random.NextInt64((long)largest + 1),
            };
        }

        return (new FieldElement25519(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]),
            Value(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]));
    }

    private static BigInteger Value(params ulong[] limbs) =>
        limbs.Select((limb, i) => limb * BigInteger.Pow(2, 51 * i)).Aggregate(BigInteger.Add);
}
