namespace Parley.Cli.Calls;

/// <summary>One RTP stream's figures.</summary>
internal sealed record TrackReport
{
    /// <summary>"inbound" or "outbound".</summary>
    public required string Direction { get; init; }

    public required string Kind { get; init; }

    public string? Mid { get; init; }

    public string? Codec { get; init; }

    public uint Ssrc { get; init; }

    public long Packets { get; init; }

    public long Bytes { get; init; }

    /// <summary>Of what is sent, as the peer says; null before it has said anything.</summary>
    public long? Lost { get; init; }

    /// <summary>Of pictures.</summary>
    public long? Frames { get; init; }

    public long KeyFrames { get; init; }

    /// <summary>Seconds.</summary>
    public double? Jitter { get; init; }

    /// <summary>Seconds, by RTCP; null before it is known.</summary>
    public double? RoundTripTime { get; init; }

    public long Retransmitted { get; init; }

    public long Nacks { get; init; }

    /// <summary>Of pictures.</summary>
    public long? Plis { get; init; }

    /// <summary>Of pictures.</summary>
    public long? Firs { get; init; }

    /// <summary>All streams of a report, what comes first.</summary>
    public static IReadOnlyList<TrackReport> AllOf(StatsReport stats) =>
    [
        .. stats.OfType<InboundRtpStreamStats>().Select(each => Of(each, stats)),
        .. stats.OfType<OutboundRtpStreamStats>().Select(each => Of(each, stats)),
    ];

    private static TrackReport Of(InboundRtpStreamStats stream, StatsReport stats) => new()
    {
        Direction = "inbound",
        Kind = stream.Kind,
        Mid = stream.Mid,
        Codec = CodecOf(stream, stats),
        Ssrc = stream.Ssrc,
        Packets = stream.PacketsReceived,
        Bytes = stream.BytesReceived,
        Lost = stream.PacketsLost,
        Frames = stream.FramesReceived,
        KeyFrames = stream.KeyFramesReceived,
        Jitter = stream.Jitter,
        Retransmitted = stream.RetransmittedPacketsReceived ?? 0,
        Nacks = stream.NackCount,
        Plis = stream.PliCount,
        Firs = stream.FirCount,
    };

    private static TrackReport Of(OutboundRtpStreamStats stream, StatsReport stats)
    {
        var remote = stream.RemoteId is { } id && stats.TryGetValue(id, out Stats? found) ? found as RemoteInboundRtpStreamStats : null;
        return new TrackReport
        {
            Direction = "outbound",
            Kind = stream.Kind,
            Mid = stream.Mid,
            Codec = CodecOf(stream, stats),
            Ssrc = stream.Ssrc,
            Packets = stream.PacketsSent,
            Bytes = stream.BytesSent,
            Lost = remote?.PacketsLost,
            Frames = stream.FramesSent,
            KeyFrames = stream.KeyFramesSent,
            Jitter = remote?.Jitter,
            RoundTripTime = remote?.RoundTripTime,
            Retransmitted = stream.RetransmittedPacketsSent,
            Nacks = stream.NackCount,
            Plis = stream.PliCount,
            Firs = stream.FirCount,
        };
    }

    private static string? CodecOf(RtpStreamStats stream, StatsReport stats) =>
        stream.CodecId is { } id && stats.TryGetValue(id, out Stats? found) ? (found as CodecStats)?.MimeType : null;
}
