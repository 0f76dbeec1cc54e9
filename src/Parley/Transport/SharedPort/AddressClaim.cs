using Parley.Net;

namespace Parley;

/// <summary>Who is told what comes from an address.</summary>
internal sealed class AddressClaim(PortMember member)
{
    public PortMember Member { get; } = member;

    /// <summary>When the peer last answered a check of ours from there; null when only a check of its own has come.</summary>
    public Instant? ProvedAt { get; set; }
}
