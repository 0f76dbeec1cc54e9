namespace Parley.Dtls;

/// <summary>The alerts of TLS (RFC 5246 §7.2 and the extensions' documents), as they stand on the wire.</summary>
public enum AlertDescription : byte
{
    /// <summary>The sender will send no more.</summary>
    CloseNotify = 0,

    /// <summary>A message out of its place.</summary>
    UnexpectedMessage = 10,

    /// <summary>A record that does not authenticate; never sent in DTLS.</summary>
    BadRecordMac = 20,

    /// <summary>A record that is too long.</summary>
    RecordOverflow = 22,

    /// <summary>No acceptable set of parameters.</summary>
    HandshakeFailure = 40,

    /// <summary>A certificate that is corrupt or does not match its fingerprint.</summary>
    BadCertificate = 42,

    /// <summary>A certificate of a kind not supported.</summary>
    UnsupportedCertificate = 43,

    /// <summary>A certificate that was revoked.</summary>
    CertificateRevoked = 44,

    /// <summary>A certificate past its time.</summary>
    CertificateExpired = 45,

    /// <summary>A certificate unacceptable for another reason.</summary>
    CertificateUnknown = 46,

    /// <summary>A field out of range or inconsistent.</summary>
    IllegalParameter = 47,

    /// <summary>No path to a trusted authority.</summary>
    UnknownCa = 48,

    /// <summary>The sender decided not to proceed.</summary>
    AccessDenied = 49,

    /// <summary>A message that cannot be decoded.</summary>
    DecodeError = 50,

    /// <summary>A signature or a Finished that does not verify.</summary>
    DecryptError = 51,

    /// <summary>A version that is not supported.</summary>
    ProtocolVersion = 70,

    /// <summary>Parameters below the peer's demands.</summary>
    InsufficientSecurity = 71,

    /// <summary>An error that has nothing to do with the peer.</summary>
    InternalError = 80,

    /// <summary>A downgrade was noticed (RFC 7507).</summary>
    InappropriateFallback = 86,

    /// <summary>The user gave up.</summary>
    UserCanceled = 90,

    /// <summary>A renegotiation is refused; always a warning.</summary>
    NoRenegotiation = 100,

    /// <summary>An extension that is required is missing.</summary>
    MissingExtension = 109,

    /// <summary>An extension in an answer that was not offered.</summary>
    UnsupportedExtension = 110,

    /// <summary>No server by that name.</summary>
    UnrecognizedName = 112,

    /// <summary>A certificate is required (TLS 1.3).</summary>
    CertificateRequired = 116,

    /// <summary>No application protocol in common.</summary>
    NoApplicationProtocol = 120,
}
