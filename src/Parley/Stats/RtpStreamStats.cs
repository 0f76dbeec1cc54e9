namespace Parley;

/// <summary>What all RTP streams have (webrtc-stats §8.3).</summary>
/// <remarks>RTCRtpStreamStats.</remarks>
public abstract record RtpStreamStats : Stats
{
    /// <summary>The stream's source.</summary>
    public required uint Ssrc { get; init; }

    /// <summary>"audio" or "video".</summary>
    public required string Kind { get; init; }

    /// <summary>The transport.</summary>
    public string? TransportId { get; init; }

    /// <summary>The codec.</summary>
    public string? CodecId { get; init; }
}
