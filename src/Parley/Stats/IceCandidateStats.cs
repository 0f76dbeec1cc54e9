namespace Parley;

/// <summary>A candidate (webrtc-stats §8.16).</summary>
/// <remarks>RTCIceCandidateStats.</remarks>
public sealed record IceCandidateStats : Stats
{
    /// <inheritdoc/>
    public override string Type => IsRemote ? "remote-candidate" : "local-candidate";

    /// <summary>The transport.</summary>
    public string TransportId { get; init; } = "";

    /// <summary>
    /// The IP address; null of a remote candidate whose address was not signaled, which only the peer's checks have shown.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>The port.</summary>
    public int Port { get; init; }

    /// <summary>"udp".</summary>
    public string Protocol { get; init; } = "";

    /// <summary>How it was found.</summary>
    public IceCandidateType CandidateType { get; init; }

    /// <summary>The priority.</summary>
    public uint Priority { get; init; }

    /// <summary>The server it was gathered from.</summary>
    public string? Url { get; init; }

    /// <summary>The foundation.</summary>
    public string Foundation { get; init; } = "";

    /// <summary>The address it derives from.</summary>
    public string? RelatedAddress { get; init; }

    /// <summary>The port it derives from.</summary>
    public int? RelatedPort { get; init; }

    /// <summary>The user-name fragment.</summary>
    public string? UsernameFragment { get; init; }

    /// <summary>Whether it is the peer's.</summary>
    public bool IsRemote { get; init; }
}
