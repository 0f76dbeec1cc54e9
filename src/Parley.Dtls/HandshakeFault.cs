namespace Parley.Dtls;

/// <summary>Why a handshake cannot go on, and the alert that tells the peer.</summary>
internal readonly record struct HandshakeFault(DtlsFailure Failure, AlertDescription Alert)
{
    public static HandshakeFault Malformed => new(DtlsFailure.MalformedMessage, AlertDescription.DecodeError);

    public static HandshakeFault Unexpected => new(DtlsFailure.UnexpectedMessage, AlertDescription.UnexpectedMessage);

    public static HandshakeFault Illegal => new(DtlsFailure.IllegalParameter, AlertDescription.IllegalParameter);

    public static HandshakeFault NothingInCommon => new(DtlsFailure.NothingInCommon, AlertDescription.HandshakeFailure);

    public static HandshakeFault Version => new(DtlsFailure.ProtocolVersion, AlertDescription.ProtocolVersion);

    public static HandshakeFault NoExtendedMasterSecret => new(DtlsFailure.ExtendedMasterSecretMissing, AlertDescription.HandshakeFailure);

    public static HandshakeFault UnsupportedCertificate => new(DtlsFailure.CertificateUnsupported, AlertDescription.UnsupportedCertificate);

    public static HandshakeFault Signature => new(DtlsFailure.BadSignature, AlertDescription.DecryptError);
}
