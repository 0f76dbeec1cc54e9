namespace Parley;

/// <summary>An error with details of WebRTC (webrtc-pc §11).</summary>
/// <remarks>RTCError.</remarks>
/// <param name="detail">What kind of error it is.</param>
/// <param name="message">What went wrong.</param>
/// <param name="inner">What caused it.</param>
public sealed class RtcError(RtcErrorDetail detail, string message, Exception? inner = null)
    : RtcException(RtcErrorNames.OperationError, message, inner)
{
    /// <summary>What kind of error it is.</summary>
    public RtcErrorDetail ErrorDetail { get; } = detail;

    /// <summary>Of an SDP syntax error, the line, counted from 1.</summary>
    public int? SdpLineNumber { get; init; }

    /// <summary>Of an SCTP failure, the cause code (RFC 9260 §3.3.10).</summary>
    public int? SctpCauseCode { get; init; }

    /// <summary>Of a DTLS failure, the alert received (RFC 8446 §6).</summary>
    public int? ReceivedAlert { get; init; }

    /// <summary>Of a DTLS failure, the alert sent (RFC 8446 §6).</summary>
    public int? SentAlert { get; init; }
}
