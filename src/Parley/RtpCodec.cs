namespace Parley;

/// <summary>A codec (webrtc-pc §5.2.12).</summary>
/// <remarks>RTCRtpCodec.</remarks>
public record RtpCodec
{
    /// <summary>The media type, for example "audio/opus" or "video/VP8".</summary>
    public required string MimeType { get; init; }

    /// <summary>Ticks of the RTP clock per second.</summary>
    public required int ClockRate { get; init; }

    /// <summary>Channels of sound; null for pictures.</summary>
    public int? Channels { get; init; }

    /// <summary>The format parameters as in an fmtp attribute; null for none.</summary>
    public string? SdpFmtpLine { get; init; }

    internal string EncodingName => MimeType[(MimeType.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
