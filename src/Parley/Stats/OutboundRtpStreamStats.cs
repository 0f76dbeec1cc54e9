namespace Parley;

/// <summary>A stream sent from here (webrtc-stats §8.8).</summary>
/// <remarks>RTCOutboundRtpStreamStats.</remarks>
public sealed record OutboundRtpStreamStats : SentRtpStreamStats
{
    /// <inheritdoc/>
    public override string Type => "outbound-rtp";

    /// <summary>The section.</summary>
    public string? Mid { get; init; }

    /// <summary>Of video, the encoding's name.</summary>
    public string? Rid { get; init; }

    /// <summary>Of video, the encoding's place among those of the sender.</summary>
    public int? EncodingIndex { get; init; }

    /// <summary>The source of the retransmissions; null when they have none of their own.</summary>
    public uint? RtxSsrc { get; init; }

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

    /// <summary>Of video, frames sent.</summary>
    public long? FramesSent { get; init; }

    /// <summary>Key frames among them (Parley's own).</summary>
    public long KeyFramesSent { get; init; }

    /// <summary>
    /// Frames of video that came encoded and were sent: Parley passes them through, and readers of statistics count them here. Null for
    /// audio.
    /// </summary>
    public long? FramesEncoded { get; init; }

    /// <summary>Key frames among them; null for audio.</summary>
    public long? KeyFramesEncoded { get; init; }

    /// <summary>
    /// Of video, the width of the last key frame of VP8, VP9, AV1 or H.264, in pixels; null before one, and for other formats.
    /// </summary>
    public int? FrameWidth { get; init; }

    /// <summary>Its height, in pixels.</summary>
    public int? FrameHeight { get; init; }

    /// <summary>Of video, the frames sent in the last second; null before the first.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>The seconds that all packets together waited between being cut and being handed to the socket.</summary>
    public double TotalPacketSendDelay { get; init; }

    /// <summary>
    /// Of video, why pictures are left out: <see cref="QualityLimitationReason.Bandwidth"/> while
    /// <see cref="RtpEncodingParameters.MaxBitrate"/> has no room for them.
    /// </summary>
    public QualityLimitationReason? QualityLimitationReason { get; init; }

    /// <summary>Of video, the seconds spent with each reason.</summary>
    public IReadOnlyDictionary<QualityLimitationReason, double>? QualityLimitationDurations { get; init; }

    /// <summary>Of video, how often the size of the pictures changed for such a reason: never, since nothing is scaled.</summary>
    public long? QualityLimitationResolutionChanges { get; init; }

    /// <summary>NACKs received.</summary>
    public long NackCount { get; init; }

    /// <summary>Of video, PLIs received.</summary>
    public long? PliCount { get; init; }

    /// <summary>Of video, FIRs received.</summary>
    public long? FirCount { get; init; }

    /// <summary>Whether the stream is being sent.</summary>
    public bool Active { get; init; }
}
