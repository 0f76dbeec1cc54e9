namespace Parley;

/// <summary>What the receiving end of a stream measures (webrtc-stats §8.4).</summary>
/// <remarks>RTCReceivedRtpStreamStats.</remarks>
public abstract record ReceivedRtpStreamStats : RtpStreamStats
{
    /// <summary>Packets that arrived.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Packets that did not; negative when more came than were sent, by duplication (RFC 3550 §6.4.1).</summary>
    public long PacketsLost { get; init; }

    /// <summary>Interarrival jitter, in seconds (RFC 3550 §6.4.1).</summary>
    public double Jitter { get; init; }
}
