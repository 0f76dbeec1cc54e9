namespace Parley;

/// <summary>A source that a mixer put into the received media (webrtc-pc §5.3).</summary>
/// <remarks>RTCRtpContributingSource.</remarks>
public record RtpContributingSource
{
    /// <summary>When a frame of the source was last delivered to the track, by the wall clock.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The CSRC or SSRC.</summary>
    public required uint Source { get; init; }

    /// <summary>How loud it was, 0 (silence) to 1 (0 dBov), linear; null for pictures and when not told (RFC 6464, RFC 6465).</summary>
    public double? AudioLevel { get; init; }

    /// <summary>The RTP timestamp of that frame.</summary>
    public required uint RtpTimestamp { get; init; }

    /// <summary>
    /// When that frame was captured, by the clock of the system that captured it; null when the peer does not tell (webrtc-extensions; the
    /// abs-capture-time extension, offered when <see cref="RtpTransceiver.SetHeaderExtensionsToNegotiate"/> says so).
    /// </summary>
    public DateTimeOffset? CaptureTimestamp { get; init; }

    /// <summary>How far the sender believes its own clock to be ahead of that clock; null when the peer does not tell.</summary>
    public TimeSpan? SenderCaptureTimeOffset { get; init; }
}
