using Parley.Net;

namespace Parley.Ice;

/// <summary>A candidate: an address at which an agent may be reached (RFC 8445 §5.1, RFC 8839 §5.1).</summary>
public sealed record IceCandidate
{
    /// <summary>Equal for candidates of one type, base, protocol and server (RFC 8445 §5.1.1.3); 1 to 32 ice-chars.</summary>
    public required string Foundation { get; init; }

    /// <summary>The component, 1 to 256: 1 for RTP or all that is multiplexed, 2 for RTCP.</summary>
    public int Component { get; init; } = 1;

    /// <summary>The transport.</summary>
    public IceProtocol Protocol { get; init; }

    /// <summary>The priority, 1 to 2³¹ - 1 (RFC 8445 §5.1.2).</summary>
    public required uint Priority { get; init; }

    /// <summary>Where to send.</summary>
    public required TransportAddress Address { get; init; }

    /// <summary>The name that stood for the address where the peer told of it (RFC 8839 §5.1); null: the address itself did.</summary>
    public string? HostName { get; init; }

    /// <summary>How it was found.</summary>
    public required IceCandidateType Type { get; init; }

    /// <summary>Reflexive: the base. Relayed: the mapped address. Host: none (RFC 8839 §5.1).</summary>
    public TransportAddress? RelatedAddress { get; init; }

    /// <summary>The ufrag of the generation the candidate belongs to; null when not said.</summary>
    public string? UsernameFragment { get; init; }

    /// <summary>The server through which a local candidate was found, as the caller named it; else null.</summary>
    public string? Url { get; init; }
}
