using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Parley.Ciphers;

/// <summary>
/// Diffie-Hellman on curve25519: the X25519 function of RFC 7748 §5, for TLS' key exchange (RFC 8422 §5.10). Allocates nothing, and takes
/// the same time and touches the same memory whatever the private key (RFC 7748 §5.1). What it puts on the stack of a private key is wiped.
/// Safe for concurrent use.
/// </summary>
public static class X25519
{
    /// <summary>Bytes in a private key, in a public key and in a shared secret.</summary>
    public const int KeyLength = 32;

    // (A − 2) / 4 of the curve v² = u³ + A·u² + u, A = 486662.
    internal const uint A24 = 121665;

    /// <summary>Computes the public key of a private key.</summary>
    /// <param name="privateKey">Any 32 bytes that nobody can guess; five of their bits are set as RFC 7748 §5 says, in a copy.</param>
    /// <param name="publicKey">Receives 32 bytes.</param>
    /// <exception cref="ArgumentException">A length is not 32.</exception>
    public static void ComputePublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        Check(privateKey.Length, publicKey.Length);
        Span<byte> scalar = stackalloc byte[KeyLength];
        Clamp(privateKey, scalar);
        var state = default(X25519BasePoint.State);
        X25519BasePoint.Multiply(ref state, scalar);
        Divide(ref state.Powers, ref state.Sum.X, ref state.Sum.Z, publicKey);
        CryptographicOperations.ZeroMemory(scalar);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<X25519BasePoint.State>(ref state)));
    }

    /// <summary>Computes the secret that is shared with the owner of a public key.</summary>
    /// <param name="privateKey">32 bytes.</param>
    /// <param name="peerPublicKey">32 bytes. Any are taken: the top bit is not looked at, and values from p on count modulo p (RFC 7748
    /// §5).</param>
    /// <param name="sharedSecret">Receives 32 bytes; for a key derivation, not to be used as a key itself.</param>
    /// <returns>False when the secret is all zero, which it is for points of small order only: then the peer contributed nothing, and the
    /// exchange must be given up (RFC 7748 §6.1, RFC 8422 §5.11).</returns>
    /// <exception cref="ArgumentException">A length is not 32.</exception>
    public static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret)
    {
        Check(privateKey.Length, peerPublicKey.Length);
        Check(sharedSecret.Length, sharedSecret.Length);
        Multiply(privateKey, peerPublicKey, sharedSecret);
        var any = 0;
        foreach (var each in sharedSecret)
        {
            any |= each;
        }

        return any != 0;
    }

    private static void Multiply(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> point, Span<byte> result)
    {
        Span<byte> scalar = stackalloc byte[KeyLength];
        Clamp(privateKey, scalar);
        var ladder = default(Ladder);
        Climb(ref ladder, scalar, FieldElement25519.Read(point));
        Divide(ref ladder.Powers, ref ladder.X2, ref ladder.Z2, result);
        CryptographicOperations.ZeroMemory(scalar);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Ladder>(ref ladder)));
    }

    // RFC 7748 §5, decodeScalar25519.
    private static void Clamp(ReadOnlySpan<byte> privateKey, Span<byte> scalar)
    {
        privateKey.CopyTo(scalar);
        scalar[0] &= 248;
        scalar[31] = (byte)((scalar[31] & 127) | 64);
    }

    private static void Divide(ref FieldElement25519.Powers powers, ref FieldElement25519 x, ref FieldElement25519 z, Span<byte> result)
    {
        FieldElement25519.Invert(ref powers, out z, z);
        FieldElement25519.Multiply(out x, x, z);
        x.Write(result);
    }

    // RFC 7748 §5: the ladder, with its names.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Climb(ref Ladder ladder, ReadOnlySpan<byte> scalar, in FieldElement25519 u)
    {
        ladder.X1 = u;
        ladder.X2 = FieldElement25519.One;
        ladder.Z2 = default;
        ladder.X3 = u;
        ladder.Z3 = FieldElement25519.One;
        ulong swap = 0;
        for (var t = 254; t >= 0; t--)
        {
            var bit = (ulong)(scalar[t >> 3] >> (t & 7)) & 1;
            var mask = 0 - (swap ^ bit);
            swap = bit;
            FieldElement25519.Swap(mask, ref ladder.X2, ref ladder.X3);
            FieldElement25519.Swap(mask, ref ladder.Z2, ref ladder.Z3);
            Step(ref ladder);
        }

        FieldElement25519.Swap(0 - swap, ref ladder.X2, ref ladder.X3);
        FieldElement25519.Swap(0 - swap, ref ladder.Z2, ref ladder.Z3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step(ref Ladder ladder)
    {
        ref var a = ref ladder.A;
        ref var b = ref ladder.B;
        ref var c = ref ladder.C;
        ref var d = ref ladder.D;
        ref var e = ref ladder.E;
        FieldElement25519.Add(out a, ladder.X2, ladder.Z2);
        FieldElement25519.Subtract(out b, ladder.X2, ladder.Z2);
        FieldElement25519.Add(out c, ladder.X3, ladder.Z3);
        FieldElement25519.Subtract(out d, ladder.X3, ladder.Z3);
        FieldElement25519.Multiply(out d, d, a); // DA
        FieldElement25519.Multiply(out c, c, b); // CB
        FieldElement25519.Square(out a, a); // AA
        FieldElement25519.Square(out b, b); // BB
        FieldElement25519.Add(out ladder.X3, d, c);
        FieldElement25519.Square(out ladder.X3, ladder.X3);
        FieldElement25519.Subtract(out ladder.Z3, d, c);
        FieldElement25519.Square(out ladder.Z3, ladder.Z3);
        FieldElement25519.Multiply(out ladder.Z3, ladder.Z3, ladder.X1);
        FieldElement25519.Multiply(out ladder.X2, a, b);
        FieldElement25519.Subtract(out e, a, b);
        FieldElement25519.Multiply(out c, e, A24);
        FieldElement25519.Add(out c, c, a);
        FieldElement25519.Multiply(out ladder.Z2, e, c);
    }

    private static void Check(int first, int second)
    {
        if (first != KeyLength || second != KeyLength)
        {
            throw new ArgumentException("Keys and secrets of X25519 have 32 bytes.");
        }
    }

    // Everything of a computation that depends on the private key, in one place, so that it can be wiped.
    private struct Ladder
    {
        public FieldElement25519 X1, X2, Z2, X3, Z3, A, B, C, D, E;
        public FieldElement25519.Powers Powers;
    }
}
