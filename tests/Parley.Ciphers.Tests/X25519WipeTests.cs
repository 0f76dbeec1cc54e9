using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parley.Ciphers.Tests;

/// <summary>What a computation leaves on the stack below its caller.</summary>
public class X25519WipeTests
{
    private const int StackBytes = 16 * 1024;

    [Fact]
    public void TryAgree_LeavesNoPowerOfTheInversionOnTheStack()
    {
        var (scalar, point, secret) = (new byte[32], new byte[32], new byte[32]);
        new Random(71).NextBytes(scalar);
        point[0] = 9;
        var limbs = LimbsOfInversion(scalar, point);
        Assert.True(FindsWhatACallLeaves(limbs[0]), "the search itself finds nothing");
        var found = 0;
        for (var i = 0; i < 3; i++)
        {
            // What is compiled on its first call is compiled on this stack, which overwrites what there was.
            OverwriteStack();
            X25519.TryAgree(scalar, point, secret);
            found = CountOnStack(limbs);
        }

        Assert.Equal(0, found);
    }

    // The powers of z that RFC 7748 §5's inversion goes through, up to x^(2^10 - 1), by the same operations: their limbs are the same
    // numbers.
    private static ulong[] LimbsOfInversion(byte[] scalar, byte[] point)
    {
        var z = LadderZ(scalar, FieldElement25519.Read(point));
        FieldElement25519.Square(out var x2, z);
        FieldElement25519.Square(out var t, x2, 2);
        FieldElement25519.Multiply(out var x9, t, z);
        FieldElement25519.Multiply(out var x11, x9, x2);
        FieldElement25519.Square(out t, x11);
        FieldElement25519.Multiply(out var ones5, t, x9);
        FieldElement25519[] powers = [x2, x9, x11, ones5];
        return MemoryMarshal.Cast<FieldElement25519, ulong>(powers).ToArray();
    }

    private static FieldElement25519 LadderZ(byte[] privateKey, FieldElement25519 u)
    {
        var scalar = privateKey.ToArray();
        scalar[0] &= 248;
        scalar[31] = (byte)((scalar[31] & 127) | 64);
        FieldElement25519 x2 = FieldElement25519.One, z2 = default, x3 = u, z3 = FieldElement25519.One;
        ulong swap = 0;
        for (var t = 254; t >= 0; t--)
        {
            var bit = (ulong)(scalar[t >> 3] >> (t & 7)) & 1;
            FieldElement25519.Swap(0 - (swap ^ bit), ref x2, ref x3);
            FieldElement25519.Swap(0 - (swap ^ bit), ref z2, ref z3);
            swap = bit;
            FieldElement25519.Add(out var a, x2, z2);
            FieldElement25519.Subtract(out var b, x2, z2);
            FieldElement25519.Add(out var c, x3, z3);
            FieldElement25519.Subtract(out var d, x3, z3);
            FieldElement25519.Multiply(out d, d, a);
            FieldElement25519.Multiply(out c, c, b);
            FieldElement25519.Square(out a, a);
            FieldElement25519.Square(out b, b);
            FieldElement25519.Add(out x3, d, c);
            FieldElement25519.Square(out x3, x3);
            FieldElement25519.Subtract(out z3, d, c);
            FieldElement25519.Square(out z3, z3);
            FieldElement25519.Multiply(out z3, z3, u);
            FieldElement25519.Multiply(out x2, a, b);
            FieldElement25519.Subtract(out var e, a, b);
            FieldElement25519.Multiply(out c, e, X25519.A24);
            FieldElement25519.Add(out c, c, a);
            FieldElement25519.Multiply(out z2, e, c);
        }

        FieldElement25519.Swap(0 - swap, ref x2, ref x3);
        FieldElement25519.Swap(0 - swap, ref z2, ref z3);
        return z2;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool FindsWhatACallLeaves(ulong limb)
    {
        Leave(limb);
        return CountOnStack([limb]) > 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Leave(ulong limb)
    {
        Span<ulong> left = stackalloc ulong[64];
        left.Fill(limb);
        GC.KeepAlive(left[63]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OverwriteStack()
    {
        Span<byte> stack = stackalloc byte[StackBytes];
        stack.Fill(0xA5);
        GC.KeepAlive(stack[^1]);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int CountOnStack(ReadOnlySpan<ulong> limbs)
    {
        Span<byte> stack = stackalloc byte[StackBytes];
        var count = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(stack))
        {
            count += limbs.Contains(word) ? 1 : 0;
        }

        return count;
    }
}
