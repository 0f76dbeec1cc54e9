namespace Parley.Rtp;

/// <summary>What one m-section receives.</summary>
public sealed record RtpInboundOptions
{
    /// <summary>The m-section's media identification; null when there is none.</summary>
    public string? Mid { get; init; }

    /// <summary>The codecs negotiated.</summary>
    public required IReadOnlyList<RtpCodec> Codecs { get; init; }

    /// <summary>The ids of the header extensions negotiated.</summary>
    public RtpHeaderExtensions Extensions { get; init; }

    /// <summary>The sources the other side announced (<c>a=ssrc</c>); may be empty.</summary>
    public IReadOnlyList<RtpSignaledSource> Sources { get; init; } = [];

    /// <summary>The encodings the other side announced (<c>a=rid</c>); when not empty, other rids are not accepted.</summary>
    public IReadOnlyList<string> Rids { get; init; } = [];

    /// <summary>Whether to hand up each packet, in order, instead of frames.</summary>
    public bool DeliverPackets { get; init; }

    /// <summary>
    /// How long a gap may hold up what follows it, as the application wishes: longer waits for more retransmissions, shorter delivers
    /// sooner. Null: the session's own measure. Less than 20 ms is taken as 20 ms, within which packets overtake each other everywhere.
    /// </summary>
    public TimeSpan? JitterBufferTarget { get; init; }
}
