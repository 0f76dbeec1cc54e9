namespace Parley.Dtls;

/// <summary>The key of a certificate.</summary>
public enum DtlsKeyAlgorithm
{
    /// <summary>ECDSA on secp256r1: what WebRTC prefers (RFC 8827 §6.5), and by far the cheaper.</summary>
    EcdsaP256,

    /// <summary>RSA of 2048 bits.</summary>
    Rsa2048,
}
