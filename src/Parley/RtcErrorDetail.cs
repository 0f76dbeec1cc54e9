namespace Parley;

/// <summary>Kinds of error (webrtc-pc §11.2).</summary>
/// <remarks>RTCErrorDetailType.</remarks>
public enum RtcErrorDetail
{
    /// <summary>A data channel failed.</summary>
    DataChannelFailure,

    /// <summary>The DTLS handshake failed.</summary>
    DtlsFailure,

    /// <summary>The peer's certificate does not match a signaled fingerprint.</summary>
    FingerprintFailure,

    /// <summary>The SCTP association failed.</summary>
    SctpFailure,

    /// <summary>A description is not valid SDP.</summary>
    SdpSyntaxError,

    /// <summary>The encoder is not available.</summary>
    HardwareEncoderNotAvailable,

    /// <summary>The encoder does not support the parameters.</summary>
    HardwareEncoderError,
}
