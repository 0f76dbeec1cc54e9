namespace Parley.Dtls;

/// <summary>The cipher suites spoken, by their IANA numbers (RFC 5289 §3.2).</summary>
public enum DtlsCipherSuite : ushort
{
    /// <summary>TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256; mandatory in WebRTC (RFC 8827 §6.5).</summary>
    EcdheEcdsaAes128GcmSha256 = 0xC02B,

    /// <summary>TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384.</summary>
    EcdheEcdsaAes256GcmSha384 = 0xC02C,

    /// <summary>TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256.</summary>
    EcdheRsaAes128GcmSha256 = 0xC02F,

    /// <summary>TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384.</summary>
    EcdheRsaAes256GcmSha384 = 0xC030,
}
