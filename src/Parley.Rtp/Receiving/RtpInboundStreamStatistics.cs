using Parley.Net;

namespace Parley.Rtp;

/// <summary>Figures of one received stream, in the terms of W3C webrtc-stats (inbound-rtp and remote-outbound-rtp).</summary>
public struct RtpInboundStreamStatistics
{
    /// <summary>RTP packets received, retransmissions included.</summary>
    public long PacketsReceived { get; internal set; }

    /// <summary>Payload bytes received, padding and headers excluded.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Header and padding bytes received.</summary>
    public long HeaderBytesReceived { get; internal set; }

    /// <summary>Packets expected and not received (RFC 3550 §6.4.1); duplicates can make it negative.</summary>
    public long PacketsLost { get; internal set; }

    /// <summary>Packets that came too late or could not be used.</summary>
    public long PacketsDiscarded { get; internal set; }

    /// <summary>Packets that came again.</summary>
    public long PacketsDuplicated { get; internal set; }

    /// <summary>
    /// Packets that came by retransmission over a stream of their own (RFC 4588); a part of <see cref="PacketsReceived"/>.
    /// </summary>
    public long RetransmittedPacketsReceived { get; internal set; }

    /// <summary>Their payload bytes.</summary>
    public long RetransmittedBytesReceived { get; internal set; }

    /// <summary>Missing packets that came after they were asked for.</summary>
    public long PacketsRepaired { get; internal set; }

    /// <summary>Packets given up on.</summary>
    public long PacketsSkipped { get; internal set; }

    /// <summary>Whole frames handed up.</summary>
    public long FramesReceived { get; internal set; }

    /// <summary>Key frames among them.</summary>
    public long KeyFramesReceived { get; internal set; }

    /// <summary>Frames begun and not completed, malformed, or not read in time.</summary>
    public long FramesDropped { get; internal set; }

    /// <summary>Interarrival jitter in seconds (RFC 3550 §6.4.1).</summary>
    public double Jitter { get; internal set; }

    /// <summary>Lost since the report before, 0 to 1.</summary>
    public double FractionLost { get; internal set; }

    /// <summary>Generic NACK packets sent.</summary>
    public long NackCount { get; internal set; }

    /// <summary>Picture loss indications sent.</summary>
    public long PliCount { get; internal set; }

    /// <summary>Full intra requests sent.</summary>
    public long FirCount { get; internal set; }

    /// <summary>Sender reports received.</summary>
    public long ReportsReceived { get; internal set; }

    /// <summary>When the last of them came; null before one.</summary>
    public Instant? LastReportReceivedAt { get; internal set; }

    /// <summary>Packets the sender says it sent.</summary>
    public long RemotePacketsSent { get; internal set; }

    /// <summary>Payload bytes the sender says it sent.</summary>
    public long RemoteBytesSent { get; internal set; }

    /// <summary>The sender's wall clock in its last report; null before one.</summary>
    public NtpTimestamp? RemoteTimestamp { get; internal set; }

    /// <summary>When the last packet came; null before one.</summary>
    public Instant? LastPacketReceivedAt { get; internal set; }
}
