namespace Parley.Dtls;

/// <summary>How a certificate is made.</summary>
public sealed record DtlsCertificateOptions
{
    /// <summary>The key.</summary>
    public DtlsKeyAlgorithm KeyAlgorithm { get; init; } = DtlsKeyAlgorithm.EcdsaP256;

    /// <summary>How long the certificate is valid from now on: 30 days, at the most 365 (W3C <c>generateCertificate</c>).</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The common name of the subject. It tells nobody anything (RFC 8827 §6.5): peers look at the fingerprint alone.</summary>
    public string CommonName { get; init; } = "WebRTC";
}
