using Parley.Rtp;

namespace Parley.Transport;

/// <summary>What a <see cref="BundleTransport"/> is made of; nothing of it is negotiated.</summary>
public sealed record TransportOptions
{
    /// <summary>The credentials to begin with.</summary>
    public required LocalGeneration Local { get; init; }

    /// <summary>The CNAME of what is sent (RFC 3550 §6.5.1).</summary>
    public required string CanonicalName { get; init; }

    /// <summary>The wall-clock time of instant zero, for sender reports.</summary>
    public required NtpTimestamp NtpTimeAtZero { get; init; }
}
