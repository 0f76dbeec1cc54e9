namespace Parley;

/// <summary>What the peer says of a stream received here (webrtc-stats §8.9).</summary>
/// <remarks>RTCRemoteOutboundRtpStreamStats.</remarks>
public sealed record RemoteOutboundRtpStreamStats : SentRtpStreamStats
{
    /// <inheritdoc/>
    public override string Type => "remote-outbound-rtp";

    /// <summary>The stream.</summary>
    public string LocalId { get; init; } = "";

    /// <summary>The peer's wall clock in its last report.</summary>
    public DateTimeOffset? RemoteTimestamp { get; init; }

    /// <summary>Reports the peer sent.</summary>
    public long ReportsSent { get; init; }
}
