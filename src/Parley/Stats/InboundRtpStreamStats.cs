namespace Parley;

/// <summary>A stream received here (webrtc-stats §8.5).</summary>
/// <remarks>RTCInboundRtpStreamStats.</remarks>
public sealed record InboundRtpStreamStats : ReceivedRtpStreamStats
{
    /// <inheritdoc/>
    public override string Type => "inbound-rtp";

    /// <summary>The id of the track.</summary>
    public string TrackIdentifier { get; init; } = "";

    /// <summary>The section.</summary>
    public string? Mid { get; init; }

    /// <summary>The encoding's name (Parley's own: webrtc-stats has it for streams sent only).</summary>
    public string? Rid { get; init; }

    /// <summary>The source of the retransmissions; null when none has been heard of.</summary>
    public uint? RtxSsrc { get; init; }

    /// <summary>The figures of the peer's sender reports.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Payload bytes, without headers and padding.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Header bytes.</summary>
    public long HeaderBytesReceived { get; init; }

    /// <summary>Packets that came too late, or could not be used. Repetitions are not among them.</summary>
    public long PacketsDiscarded { get; init; }

    /// <summary>
    /// Packets that came again on request; null when retransmission by a stream of its own (RFC 4588) was not negotiated, so that they
    /// cannot be told apart.
    /// </summary>
    public long? RetransmittedPacketsReceived { get; init; }

    /// <summary>Their payload bytes; null as above.</summary>
    public long? RetransmittedBytesReceived { get; init; }

    /// <summary>Of video, frames put together.</summary>
    public long? FramesReceived { get; init; }

    /// <summary>Key frames among them (Parley's own).</summary>
    public long KeyFramesReceived { get; init; }

    /// <summary>
    /// Frames of video handed on to be decoded: Parley passes them through encoded, and readers of statistics count them here. Null for
    /// audio.
    /// </summary>
    public long? FramesDecoded { get; init; }

    /// <summary>Key frames among them; null for audio.</summary>
    public long? KeyFramesDecoded { get; init; }

    /// <summary>
    /// Of video, the width of the last key frame of VP8, VP9, AV1 or H.264, in pixels; null before one, and for other formats.
    /// </summary>
    public int? FrameWidth { get; init; }

    /// <summary>Its height, in pixels.</summary>
    public int? FrameHeight { get; init; }

    /// <summary>Of video, the frames put together in the last second; null before the first.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>Of sound, the last frame's level, 0 to 1; null when the peer does not tell levels (RFC 6464).</summary>
    public double? AudioLevel { get; init; }

    /// <summary>
    /// Of sound, the sum of the levels' squares, each times its frame's seconds; null when the peer does not tell levels (RFC 6464).
    /// </summary>
    public double? TotalAudioEnergy { get; init; }

    /// <summary>Of sound, the seconds that arrived; null when the format does not tell.</summary>
    public double? TotalSamplesDuration { get; init; }

    /// <summary>Of video, frames that could not be put together.</summary>
    public long? FramesDropped { get; init; }

    /// <summary>Of video, frames that were put together of more than one packet.</summary>
    public long? FramesAssembledFromMultiplePackets { get; init; }

    /// <summary>Of video, the seconds between the first and the last packet of those frames, all together.</summary>
    public double? TotalAssemblyTime { get; init; }

    /// <summary>
    /// The seconds between the first packet of each frame and its handing to the track, all together; each frame of sound counts as often
    /// as it has samples. Null of sound whose format does not tell its samples.
    /// </summary>
    public double? JitterBufferDelay { get; init; }

    /// <summary>The frames of video, or samples of sound, that <see cref="JitterBufferDelay"/> is the sum of.</summary>
    public long? JitterBufferEmittedCount { get; init; }

    /// <summary>Of sound, the samples that arrived, at the rate of the codec's clock; null when the format does not tell.</summary>
    public long? TotalSamplesReceived { get; init; }

    /// <summary>
    /// What the track shows now by the sender's wall clock: the time of the last frame's capture, and what has passed since it was handed
    /// to the track; null before the peer's reports tell it.
    /// </summary>
    public DateTimeOffset? EstimatedPlayoutTimestamp { get; init; }

    /// <summary>NACKs sent.</summary>
    public long NackCount { get; init; }

    /// <summary>Of video, PLIs sent.</summary>
    public long? PliCount { get; init; }

    /// <summary>Of video, FIRs sent.</summary>
    public long? FirCount { get; init; }

    /// <summary>When the last packet arrived.</summary>
    public DateTimeOffset? LastPacketReceivedTimestamp { get; init; }
}
