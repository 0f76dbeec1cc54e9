namespace Parley;

/// <summary>A codec in use on a transport (webrtc-stats §8.2).</summary>
/// <remarks>RTCCodecStats.</remarks>
public sealed record CodecStats : Stats
{
    /// <inheritdoc/>
    public override string Type => "codec";

    /// <summary>The payload type.</summary>
    public int PayloadType { get; init; }

    /// <summary>The transport.</summary>
    public string TransportId { get; init; } = "";

    /// <summary>The media type, for example "audio/opus".</summary>
    public string MimeType { get; init; } = "";

    /// <summary>Ticks per second.</summary>
    public int ClockRate { get; init; }

    /// <summary>Channels of sound.</summary>
    public int? Channels { get; init; }

    /// <summary>The format parameters.</summary>
    public string? SdpFmtpLine { get; init; }
}
