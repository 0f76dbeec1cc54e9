namespace Parley.Transport;

/// <summary>Why a <see cref="TransportPlan"/> cannot be applied.</summary>
public enum TransportPlanError
{
    /// <summary>It can.</summary>
    None,

    /// <summary>DTLS has no certificate of this side.</summary>
    CertificateMissing,

    /// <summary>There is SCTP without the DTLS that carries it (RFC 8261).</summary>
    SctpWithoutDtls,

    /// <summary>SCTP has no stream, or a size of messages that is out of its range.</summary>
    SctpOutOfRange,

    /// <summary>Two sections have one id.</summary>
    SectionTwice,

    /// <summary>A stream that is sent has no SSRC.</summary>
    SsrcMissing,

    /// <summary>Two streams, or a stream and its retransmissions, have one SSRC.</summary>
    SsrcTwice,

    /// <summary>A mid or rid is longer than the 255 bytes that a header extension carries.</summary>
    NameTooLong,

    /// <summary>A server's port is not 1 to 65,535.</summary>
    ServerOutOfRange,
}
