using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Parley.Dtls.OpenSsl;

/// <summary>
/// An ECDSA key on secp256r1 in libcrypto, which the framework uses too, but makes the curve anew for each key. Any threads may sign and verify with one at once.
/// </summary>
internal sealed unsafe class P256Key : SafeHandle
{
    public const int PointSize = 1 + 2 * FieldSize;

    private const int FieldSize = 32;

    // RFC 3279 §2.2.3: a sequence of two integers of at the most 33 bytes.
    private const int MaxSignatureSize = 2 + 2 * (2 + 1 + FieldSize);

    // RFC 5480 §2: SEQUENCE { SEQUENCE { id-ecPublicKey, secp256r1 }, BIT STRING of the point }.
    private static readonly byte[] s_keyInfoPrefix = Convert.FromHexString("3059301306072A8648CE3D020106082A8648CE3D030107034200");

    private byte[] _point = [];

    private P256Key()
        : base(0, ownsHandle: true)
    {
        SetHandle(Libcrypto.NewKey());
        if (IsInvalid || Libcrypto.SetGroup(this, Libcrypto.P256) != 1)
        {
            Fail();
        }
    }

    /// <summary>Whether there is an OpenSSL of the kind that this knows; else the framework's classes do the same.</summary>
    public static bool IsSupported => Libcrypto.P256 != 0;

    public override bool IsInvalid => handle == 0;

    /// <summary>Makes a new key.</summary>
    /// <exception cref="CryptographicException">OpenSSL could not.</exception>
    public static P256Key Generate()
    {
        var key = new P256Key();
        try
        {
            if (Libcrypto.Generate(key) != 1)
            {
                Fail();
            }

            key._point = key.PointOf();
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>A public key of an uncompressed point; null if it is not one of the curve. The curve's cofactor is one: each of its points is of the right order.</summary>
    public static P256Key? TryImport(ReadOnlySpan<byte> point)
    {
        if (point.Length != PointSize || point[0] != Libcrypto.Uncompressed)
        {
            return null;
        }

        var key = new P256Key();
        fixed (byte* bytes = point)
        {
            if (Libcrypto.SetPublic(key, bytes, (nuint)point.Length, 0) == 1)
            {
                return key;
            }
        }

        key.Dispose();
        Libcrypto.ClearErrors();
        return null;
    }

    /// <summary>The public half of a generated key as SubjectPublicKeyInfo in DER (RFC 5280 §4.1).</summary>
    public byte[] ExportKeyInfo() => [.. s_keyInfoPrefix, .. _point];

    /// <summary>A generated key as the framework takes it.</summary>
    public ECParameters ExportParameters()
    {
        var secret = new byte[FieldSize];
        fixed (byte* bytes = secret)
        {
            if (Libcrypto.WritePrivate(this, bytes, FieldSize) != FieldSize)
            {
                Fail();
            }
        }

        return new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret, Q = { X = _point[1..(1 + FieldSize)], Y = _point[(1 + FieldSize)..] } };
    }

    /// <summary>The signature of a hash in DER (RFC 3279 §2.2.3).</summary>
    public byte[] Sign(ReadOnlySpan<byte> hash)
    {
        Span<byte> signature = stackalloc byte[MaxSignatureSize];
        uint length = MaxSignatureSize;
        fixed (byte* hashed = hash, bytes = signature)
        {
            if (Libcrypto.Sign(0, hashed, hash.Length, bytes, &length, this) != 1)
            {
                Fail();
            }
        }

        return signature[..(int)length].ToArray();
    }

    /// <summary>Whether a signature in DER is one of a hash by this key.</summary>
    public bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        fixed (byte* hashed = hash, bytes = signature)
        {
            if (Libcrypto.Verify(0, hashed, hash.Length, bytes, signature.Length, this) == 1)
            {
                return true;
            }
        }

        Libcrypto.ClearErrors();
        return false;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Libcrypto.FreeKey(handle);
        return true;
    }

    // The point belongs to the key, which must not be let go of meanwhile.
    private byte[] PointOf()
    {
        var point = new byte[PointSize];
        fixed (byte* bytes = point)
        {
            if (Libcrypto.WritePoint(Libcrypto.P256, Libcrypto.PublicOf(this), Libcrypto.Uncompressed, bytes, PointSize, 0) != PointSize)
            {
                Fail();
            }
        }

        GC.KeepAlive(this);
        return point;
    }

    private static void Fail()
    {
        Libcrypto.ClearErrors();
        throw new CryptographicException("OpenSSL could not use a key on secp256r1.");
    }
}
