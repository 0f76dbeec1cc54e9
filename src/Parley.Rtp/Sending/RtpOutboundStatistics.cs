using Parley.Net;

namespace Parley.Rtp;

/// <summary>Figures of one sent stream, in the terms of W3C webrtc-stats (outbound-rtp and remote-inbound-rtp).</summary>
public struct RtpOutboundStatistics
{
    /// <summary>RTP packets sent, retransmissions included.</summary>
    public long PacketsSent { get; internal set; }

    /// <summary>Payload bytes sent.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Header bytes sent.</summary>
    public long HeaderBytesSent { get; internal set; }

    /// <summary>Packets sent again; a part of <see cref="PacketsSent"/>.</summary>
    public long RetransmittedPacketsSent { get; internal set; }

    /// <summary>Their payload bytes.</summary>
    public long RetransmittedBytesSent { get; internal set; }

    /// <summary>Packets asked for and not sent again, since the session's budget for retransmission was used up.</summary>
    public long RetransmissionsRefused { get; internal set; }

    /// <summary>Frames sent whole.</summary>
    public long FramesSent { get; internal set; }

    /// <summary>Key frames taken to be sent.</summary>
    public long KeyFramesSent { get; internal set; }

    /// <summary>Frames dropped because the queue was full, they waited too long, or sending was off.</summary>
    public long FramesDropped { get; internal set; }

    /// <summary>
    /// Frames dropped because they are larger than the whole queue (<see cref="RtpSessionOptions.SendBufferSize"/>); a part of
    /// <see cref="FramesDropped"/>.
    /// </summary>
    public long FramesTooLarge { get; internal set; }

    /// <summary>
    /// Frames dropped because their bytes are not of the codec's format, or do not fit the one packet that they must go in; a part of
    /// <see cref="FramesDropped"/>.
    /// </summary>
    public long FramesMalformed { get; internal set; }

    /// <summary>How long all packets together waited between being cut and being sent; what was sent again did not wait.</summary>
    public TimeSpan TotalSendDelay { get; internal set; }

    /// <summary>Generic NACK packets received.</summary>
    public long NackCount { get; internal set; }

    /// <summary>Picture loss indications received.</summary>
    public long PliCount { get; internal set; }

    /// <summary>Full intra requests received, repetitions not counted.</summary>
    public long FirCount { get; internal set; }

    /// <summary>Sender reports sent.</summary>
    public long ReportsSent { get; internal set; }

    /// <summary>Report blocks about this stream received.</summary>
    public long ReportsReceived { get; internal set; }

    /// <summary>When the last of them came; null before one.</summary>
    public Instant? LastReportReceivedAt { get; internal set; }

    /// <summary>
    /// Packets the other side has by its last report: those of the stream up to the highest it saw, less those it lost. What was lost
    /// before its first packet counts as received, since the other side never expected it.
    /// </summary>
    public long RemotePacketsReceived { get; internal set; }

    /// <summary>Packets the other side misses (remote-inbound-rtp).</summary>
    public long RemotePacketsLost { get; internal set; }

    /// <summary>Lost since the other side's report before, 0 to 1.</summary>
    public double RemoteFractionLost { get; internal set; }

    /// <summary>Interarrival jitter at the other side, in seconds.</summary>
    public double RemoteJitter { get; internal set; }

    /// <summary>The round trip measured last; null before the first measurement (RFC 3550 §6.4.1).</summary>
    public TimeSpan? RoundTripTime { get; internal set; }

    /// <summary>All measured round trips together.</summary>
    public TimeSpan TotalRoundTripTime { get; internal set; }

    /// <summary>How many they are.</summary>
    public long RoundTripTimeMeasurements { get; internal set; }

    /// <summary>When the last packet was sent; null before one.</summary>
    public Instant? LastPacketSentAt { get; internal set; }
}
