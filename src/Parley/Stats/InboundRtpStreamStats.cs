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

    /// <summary>The encoding's name.</summary>
    public string? Rid { get; init; }

    /// <summary>The figures of the peer's sender reports.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Payload bytes, without headers and padding.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Header bytes.</summary>
    public long HeaderBytesReceived { get; init; }

    /// <summary>Packets that came too late or twice.</summary>
    public long PacketsDiscarded { get; init; }

    /// <summary>Packets that came again on request.</summary>
    public long RetransmittedPacketsReceived { get; init; }

    /// <summary>Their payload bytes.</summary>
    public long RetransmittedBytesReceived { get; init; }

    /// <summary>Frames put together.</summary>
    public long FramesReceived { get; init; }

    /// <summary>Key frames among them (Parley's own: it decodes nothing, so keyFramesDecoded does not apply).</summary>
    public long KeyFramesReceived { get; init; }

    /// <summary>Frames that could not be put together.</summary>
    public long FramesDropped { get; init; }

    /// <summary>NACKs sent.</summary>
    public long NackCount { get; init; }

    /// <summary>PLIs sent.</summary>
    public long PliCount { get; init; }

    /// <summary>FIRs sent.</summary>
    public long FirCount { get; init; }

    /// <summary>When the last packet arrived.</summary>
    public DateTimeOffset? LastPacketReceivedTimestamp { get; init; }
}
