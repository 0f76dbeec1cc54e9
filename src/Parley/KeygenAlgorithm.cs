namespace Parley;

/// <summary>
/// The key of a certificate to be made, in the words of WebCrypto: <c>{ name: "ECDSA", namedCurve: "P-256" }</c> or
/// <c>{ name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: [1, 0, 1], hash: "SHA-256" }</c>.
/// </summary>
/// <remarks>WebCrypto's AlgorithmIdentifier with webrtc-pc's RTCCertificateExpiration.</remarks>
/// <param name="Name">"ECDSA" or "RSASSA-PKCS1-v1_5", in any case.</param>
public sealed record KeygenAlgorithm(string Name)
{
    private static readonly byte[] F4 = [1, 0, 1];

    /// <summary>ECDSA on P-256: what connections use by themselves.</summary>
    public static KeygenAlgorithm EcdsaP256 { get; } = new("ECDSA") { NamedCurve = "P-256" };

    /// <summary>RSASSA-PKCS1-v1_5 with 2048 bits and SHA-256.</summary>
    public static KeygenAlgorithm Rsa2048 { get; } =
        new("RSASSA-PKCS1-v1_5") { ModulusLength = 2048, PublicExponent = F4, Hash = "SHA-256" };

    /// <summary>Of ECDSA, the curve: "P-256".</summary>
    public string? NamedCurve { get; init; }

    /// <summary>Of RSA, the length of the modulus in bits: 2048.</summary>
    public int? ModulusLength { get; init; }

    /// <summary>Of RSA, the public exponent, most significant byte first: 1, 0, 1.</summary>
    public ReadOnlyMemory<byte>? PublicExponent { get; init; }

    /// <summary>Of RSA, the hash: "SHA-256".</summary>
    public string? Hash { get; init; }

    /// <summary>
    /// How long the certificate shall be valid, in milliseconds from its making; null for 30 days. More than 365 days become 365.
    /// </summary>
    /// <remarks>RTCCertificateExpiration.expires.</remarks>
    public long? Expires { get; init; }
}
