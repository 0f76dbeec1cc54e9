// The factories stand outside the protocol core: X.509 speaks DateTime, and making a certificate needs the time of day.
#pragma warning disable RS0030
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Dtls;

/// <summary>
/// A self-signed certificate with its private key. Immutable once made; many endpoints, on any threads, may share one: signing
/// is all they do with it.
/// </summary>
/// <remarks>W3C: <c>RTCCertificate</c>.</remarks>
public sealed class DtlsCertificate : IDisposable
{
    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;

    private DtlsCertificate(X509Certificate2 certificate, DateTimeOffset? expires = null)
    {
        _ecdsa = certificate.GetECDsaPrivateKey();
        _rsa = _ecdsa is null ? certificate.GetRSAPrivateKey() : null;
        if (_ecdsa is null && _rsa is null)
        {
            throw new ArgumentException("The certificate has no ECDSA or RSA private key.", nameof(certificate));
        }

        Curve = _ecdsa is null ? null : CurveOf(certificate.PublicKey.EncodedParameters?.RawData ?? []);
        Der = certificate.RawData;
        Expires = expires ?? new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        Fingerprints = FingerprintsOf(Der.Span);
        SignaledFingerprints = SignaledOf(certificate.SignatureAlgorithm.Value);
    }

    private DtlsCertificate(ECDsa key, byte[] der, DateTimeOffset expires)
    {
        _ecdsa = key;
        Curve = Wire.NamedGroup.Secp256r1;
        Der = der;
        Expires = expires;
        Fingerprints = FingerprintsOf(der);
        SignaledFingerprints = SignaledOf(null);
    }

    /// <summary>The fingerprints by each hash function that a peer may use: sha-256 first, then sha-384 and sha-512.</summary>
    public IReadOnlyList<CertificateFingerprint> Fingerprints { get; }

    /// <summary>
    /// The fingerprints that descriptions carry: sha-256, then, where the certificate is signed with sha-384 or sha-512, the one by that.
    /// </summary>
    public IReadOnlyList<CertificateFingerprint> SignaledFingerprints { get; }

    /// <summary>The end of its validity; a connection cannot be made with it afterwards. X.509 counts in seconds.</summary>
    /// <remarks>expires.</remarks>
    public DateTimeOffset Expires { get; }

    /// <summary>The certificate in DER.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    internal bool IsEcdsa => _ecdsa is not null;

    /// <summary>The curve of an ECDSA key; null where it has no number that RFC 8422 §5.1.1 keeps.</summary>
    internal Wire.NamedGroup? Curve { get; }

    /// <summary>Makes a key and a self-signed certificate.</summary>
    /// <param name="options">Key, lifetime and name; null for the defaults.</param>
    /// <param name="clock">The clock that tells from when to count; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is negative or longer than 365 days.</exception>
    public static DtlsCertificate Create(DtlsCertificateOptions? options = null, TimeProvider? clock = null)
    {
        options ??= new DtlsCertificateOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Lifetime, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Lifetime, TimeSpan.FromDays(365), nameof(options));
        var now = (clock ?? TimeProvider.System).GetUtcNow();
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(options.CommonName);

        // A day of grace for peers whose clock is slow.
        var from = now - TimeSpan.FromDays(1);
        var until = now + options.Lifetime;

        // X.509 counts in seconds; a lifetime that does not is kept to the tick, as long as the object lives.
        DateTimeOffset? expires = options.Lifetime.Ticks % TimeSpan.TicksPerSecond == 0 ? null : until;
        if (options.KeyAlgorithm == DtlsKeyAlgorithm.EcdsaP256)
        {
            var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var der = SelfSignedCertificate.Write(ecdsa, name.Build().RawData, from, until);
            return new DtlsCertificate(ecdsa, der, expires ?? until.AddTicks(-(until.Ticks % TimeSpan.TicksPerSecond)));
        }

        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(from, until);
        return new DtlsCertificate(certificate, expires);
    }

    /// <summary>Takes over a certificate with its private key. The argument remains the caller's.</summary>
    /// <exception cref="ArgumentException">It has no ECDSA or RSA private key.</exception>
    public static DtlsCertificate FromX509(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new DtlsCertificate(certificate);
    }

    /// <summary>Reads what <see cref="ToPem"/> wrote, or any PEM text with a certificate and an unencrypted private key.</summary>
    /// <exception cref="CryptographicException">The text holds no certificate or no key that fits it.</exception>
    public static DtlsCertificate FromPem(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem, pem);
        return new DtlsCertificate(certificate);
    }

    /// <summary>Reads a certificate and its unencrypted private key from two PEM texts.</summary>
    /// <exception cref="CryptographicException">A text holds no certificate, or no key that fits it.</exception>
    public static DtlsCertificate FromPem(string certificatePem, string privateKeyPem)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem, privateKeyPem);
        return new DtlsCertificate(certificate);
    }

    /// <summary>The fingerprints as W3C shows them, algorithm and lower-case hex: those that descriptions carry.</summary>
    /// <remarks>getFingerprints.</remarks>
    public IReadOnlyList<DtlsFingerprint> GetFingerprints() =>
        [.. SignaledFingerprints.Select(fingerprint => new DtlsFingerprint(fingerprint.HashFunction, Digits(fingerprint)))];

    /// <summary>The certificate and its private key (PKCS #8) in PEM. The text is as secret as the key.</summary>
    public string ToPem() => ToCertificatePem() + ToPrivateKeyPem();

    /// <summary>The certificate alone in PEM; no secret.</summary>
    public string ToCertificatePem() => PemEncoding.WriteString("CERTIFICATE", Der.Span) + "\n";

    /// <summary>The private key (PKCS #8) in PEM, unencrypted.</summary>
    public string ToPrivateKeyPem() => ((AsymmetricAlgorithm?)_ecdsa ?? _rsa!).ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>Frees the key. Endpoints that still use it fail.</summary>
    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rsa?.Dispose();
    }

    internal byte[] Sign(ReadOnlySpan<byte> data, Wire.SignatureScheme scheme) => _ecdsa is not null
        ? _ecdsa.SignData(data, scheme.Hash, DSASignatureFormat.Rfc3279DerSequence)
        : _rsa!.SignData(data.ToArray(), scheme.Hash, scheme.Padding!);

    // RFC 5480 §2.1.1: the curve's object identifier in DER, as it stands in the certificate. Platforms name the curves of their keys in
    // ways of their own.
    private static Wire.NamedGroup? CurveOf(byte[] parameters) => Convert.ToHexString(parameters) switch
    {
        "06082A8648CE3D030107" => Wire.NamedGroup.Secp256r1,
        "06052B81040022" => Wire.NamedGroup.Secp384r1,
        "06052B81040023" => Wire.NamedGroup.Secp521r1,
        _ => null,
    };

    // What follows the hash function's name, as W3C writes it.
    private static string Digits(CertificateFingerprint fingerprint) =>
        fingerprint.ToString()[(fingerprint.HashFunction.Length + 1)..].ToLowerInvariant();

    private static CertificateFingerprint[] FingerprintsOf(ReadOnlySpan<byte> der) =>
        [CertificateFingerprint.Of(der), CertificateFingerprint.Of(der, "sha-384"), CertificateFingerprint.Of(der, "sha-512")];

    // webrtc-pc §4.9.2: "one of which is computed with the digest algorithm used in the certificate signature". That is sha-256 for all
    // that are made here; RFC 8122 §5 wants it in any case.
    private CertificateFingerprint[] SignaledOf(string? signatureAlgorithm) => signatureAlgorithm switch
    {
        "1.2.840.10045.4.3.3" or "1.2.840.113549.1.1.12" => [Fingerprints[0], Fingerprints[1]],
        "1.2.840.10045.4.3.4" or "1.2.840.113549.1.1.13" => [Fingerprints[0], Fingerprints[2]],
        _ => [Fingerprints[0]],
    };
}
