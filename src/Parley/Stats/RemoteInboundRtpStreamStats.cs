namespace Parley;

/// <summary>What the peer says of a stream sent from here (webrtc-stats §8.6).</summary>
/// <remarks>RTCRemoteInboundRtpStreamStats.</remarks>
public sealed record RemoteInboundRtpStreamStats : ReceivedRtpStreamStats
{
    /// <inheritdoc/>
    public override string Type => "remote-inbound-rtp";

    /// <summary>The stream.</summary>
    public string LocalId { get; init; } = "";

    /// <summary>The last round-trip time, in seconds; null before one is known.</summary>
    public double? RoundTripTime { get; init; }

    /// <summary>The sum of all, in seconds.</summary>
    public double TotalRoundTripTime { get; init; }

    /// <summary>The share lost since the report before, 0 to 1.</summary>
    public double FractionLost { get; init; }

    /// <summary>How many round-trip times were measured.</summary>
    public long RoundTripTimeMeasurements { get; init; }
}
