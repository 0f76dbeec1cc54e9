namespace Parley;

/// <summary>A certificate (webrtc-stats §8.18).</summary>
/// <remarks>RTCCertificateStats.</remarks>
public sealed record CertificateStats : Stats
{
    /// <inheritdoc/>
    public override string Type => "certificate";

    /// <summary>The fingerprint.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Its hash function.</summary>
    public string FingerprintAlgorithm { get; init; } = "";

    /// <summary>The certificate in DER, in base64.</summary>
    public string Base64Certificate { get; init; } = "";

    /// <summary>The next certificate of the chain.</summary>
    public string? IssuerCertificateId { get; init; }
}
