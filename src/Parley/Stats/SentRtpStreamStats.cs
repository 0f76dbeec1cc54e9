namespace Parley;

/// <summary>What the sending end of a stream counts (webrtc-stats §8.7).</summary>
/// <remarks>RTCSentRtpStreamStats.</remarks>
public abstract record SentRtpStreamStats : RtpStreamStats
{
    /// <summary>Packets sent, retransmissions included.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Their payload bytes.</summary>
    public long BytesSent { get; init; }
}
