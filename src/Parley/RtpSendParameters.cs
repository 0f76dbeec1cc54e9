namespace Parley;

/// <summary>How a track is sent (webrtc-pc §5.2.6).</summary>
/// <remarks>RTCRtpSendParameters.</remarks>
public sealed record RtpSendParameters
{
    /// <summary>Names the <see cref="RtpSender.GetParameters"/> call that these came from.</summary>
    public required string TransactionId { get; init; }

    /// <summary>The encodings.</summary>
    public required IReadOnlyList<RtpEncodingParameters> Encodings { get; init; }

    /// <summary>The header extensions in use. Read only.</summary>
    public required IReadOnlyList<RtpHeaderExtensionParameters> HeaderExtensions { get; init; }

    /// <summary>RTCP. Read only.</summary>
    public required RtcpParameters Rtcp { get; init; }

    /// <summary>The codecs negotiated, the preferred first. Read only.</summary>
    public required IReadOnlyList<RtpCodecParameters> Codecs { get; init; }
}
