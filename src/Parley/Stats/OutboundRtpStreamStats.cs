namespace Parley;

/// <summary>A stream sent from here (webrtc-stats §8.8).</summary>
/// <remarks>RTCOutboundRtpStreamStats.</remarks>
public sealed record OutboundRtpStreamStats : SentRtpStreamStats
{
    /// <inheritdoc/>
    public override string Type => "outbound-rtp";

    /// <summary>The section.</summary>
    public string? Mid { get; init; }

    /// <summary>The encoding's name.</summary>
    public string? Rid { get; init; }

    /// <summary>The track.</summary>
    public string? MediaSourceId { get; init; }

    /// <summary>The figures of the peer's receiver reports.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Header bytes.</summary>
    public long HeaderBytesSent { get; init; }

    /// <summary>Packets sent again on request.</summary>
    public long RetransmittedPacketsSent { get; init; }

    /// <summary>Their payload bytes.</summary>
    public long RetransmittedBytesSent { get; init; }

    /// <summary>Frames sent.</summary>
    public long FramesSent { get; init; }

    /// <summary>Key frames among them (Parley's own).</summary>
    public long KeyFramesSent { get; init; }

    /// <summary>Frames encoded: always null, since pictures come encoded.</summary>
    public long? FramesEncoded { get; init; }

    /// <summary>Of video, the width of the last key frame of VP8, VP9 or AV1, in pixels; null before one, and for other formats.</summary>
    public int? FrameWidth { get; init; }

    /// <summary>Its height, in pixels.</summary>
    public int? FrameHeight { get; init; }

    /// <summary>Of video, the frames sent in the last second; null before the first.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>NACKs received.</summary>
    public long NackCount { get; init; }

    /// <summary>PLIs received.</summary>
    public long PliCount { get; init; }

    /// <summary>FIRs received.</summary>
    public long FirCount { get; init; }

    /// <summary>Whether the stream is being sent.</summary>
    public bool Active { get; init; }
}
