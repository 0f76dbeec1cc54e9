namespace Parley.Rtp;

/// <summary>What one stream sends.</summary>
public sealed record RtpOutboundOptions
{
    /// <summary>The stream's SSRC; null: drawn at random.</summary>
    public Ssrc? Ssrc { get; init; }

    /// <summary>
    /// The SSRC of retransmissions (RFC 4588). They are used when a codec has an <see cref="RtpCodec.RtxPayloadType"/> too; null: lost
    /// packets are sent again as they were.
    /// </summary>
    public Ssrc? RtxSsrc { get; init; }

    /// <summary>The m-section's media identification; null: not sent.</summary>
    public string? Mid { get; init; }

    /// <summary>The encoding's identification (RFC 8851); null: not sent.</summary>
    public string? Rid { get; init; }

    /// <summary>The codecs negotiated.</summary>
    public required IReadOnlyList<RtpCodec> Codecs { get; init; }

    /// <summary>The ids of the header extensions negotiated.</summary>
    public RtpHeaderExtensions Extensions { get; init; }
}
