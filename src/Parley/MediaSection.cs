namespace Parley;

/// <summary>One m= section of the descriptions, as this side sees it over time.</summary>
internal sealed record MediaSection
{
    /// <summary>Its place among the sections.</summary>
    public required int Index { get; init; }

    /// <summary>Its mid.</summary>
    public required string Mid { get; init; }

    /// <summary>"audio", "video", "application", or what else the peer sent.</summary>
    public required string Kind { get; init; }

    /// <summary>The transceiver; null for data, and for what nobody here understands.</summary>
    public RtpTransceiver? Transceiver { get; init; }

    /// <summary>The transport; null while the section is rejected.</summary>
    public PeerTransport? Transport { get; init; }

    /// <summary>Whether the section was rejected, so that its place may be used again.</summary>
    public bool IsRejected { get; init; }

    /// <summary>Whether the peer has not heard yet that it is rejected: its place may be used again once an offer has said so.</summary>
    public bool IsAliveAtPeer { get; init; }

    /// <summary>Whether it describes an SCTP association.</summary>
    public bool IsData => Kind == "application";
}
