using System.Security.Cryptography;

namespace Parley.Dtls.Wire;

/// <summary>
/// A signature scheme by its number (RFC 8446 §4.2.3); in TLS 1.2 the two bytes read as hash and signature algorithm
/// (RFC 5246 §7.4.1.4.1), and an ECDSA scheme is not tied to a curve.
/// </summary>
internal readonly record struct SignatureScheme(ushort Value)
{
    public static readonly SignatureScheme EcdsaSha256 = new(0x0403);
    public static readonly SignatureScheme EcdsaSha384 = new(0x0503);
    public static readonly SignatureScheme RsaPssSha256 = new(0x0804);
    public static readonly SignatureScheme RsaPssSha384 = new(0x0805);
    public static readonly SignatureScheme RsaPkcs1Sha256 = new(0x0401);
    public static readonly SignatureScheme RsaPkcs1Sha384 = new(0x0501);

    // In the order of preference.
    private static readonly SignatureScheme[] Known =
        [EcdsaSha256, EcdsaSha384, RsaPssSha256, RsaPssSha384, RsaPkcs1Sha256, RsaPkcs1Sha384];

    public static ReadOnlySpan<SignatureScheme> Supported => Known;

    public bool IsSupported => Supported.Contains(this);

    public bool IsEcdsa => this == EcdsaSha256 || this == EcdsaSha384;

    public HashAlgorithmName Hash => Value is 0x0503 or 0x0805 or 0x0501 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    public RSASignaturePadding? Padding => Value switch
    {
        0x0804 or 0x0805 => RSASignaturePadding.Pss,
        0x0401 or 0x0501 => RSASignaturePadding.Pkcs1,
        _ => null,
    };
}
