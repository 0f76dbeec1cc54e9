namespace Parley.Dtls;

/// <summary>Why an endpoint failed.</summary>
public enum DtlsFailure
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The peer sent a fatal alert.</summary>
    PeerAlert,

    /// <summary>
    /// The handshake did not end within <see cref="DtlsOptions.HandshakeTimeout"/>, or by the instant of
    /// <see cref="DtlsEndpoint.LimitHandshake"/>.
    /// </summary>
    Timeout,

    /// <summary>The peer does not offer, or does not choose, DTLS 1.2.</summary>
    ProtocolVersion,

    /// <summary>No cipher suite, group or signature scheme in common.</summary>
    NothingInCommon,

    /// <summary>A handshake message that cannot be parsed.</summary>
    MalformedMessage,

    /// <summary>A handshake message out of its place.</summary>
    UnexpectedMessage,

    /// <summary>A value that was not offered or is not allowed.</summary>
    IllegalParameter,

    /// <summary>The peer sent no certificate.</summary>
    CertificateMissing,

    /// <summary>The peer's certificate cannot be parsed, or its key is of a kind not supported.</summary>
    CertificateUnsupported,

    /// <summary>The peer's certificate matches no signaled fingerprint (RFC 8122 §5).</summary>
    FingerprintMismatch,

    /// <summary>A signature of the handshake does not verify.</summary>
    BadSignature,

    /// <summary>The Finished message does not verify (RFC 5246 §7.4.9).</summary>
    BadFinished,

    /// <summary>The peer lacks the extended master secret and <see cref="DtlsOptions.RequireExtendedMasterSecret"/> asks for it.</summary>
    ExtendedMasterSecretMissing,

    /// <summary>The platform's cryptography refused to work.</summary>
    Cryptography,
}
