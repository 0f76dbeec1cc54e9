namespace Parley.Signaling;

/// <summary>A peer as the server names it: its id in the room and the name it gave itself.</summary>
/// <param name="Id">The id the server drew for this stay in the room; addresses messages.</param>
/// <param name="Name">What the peer calls itself, at most 64 characters; comes from a stranger, so escape it wherever it is shown.</param>
/// <remarks>docs/signaling.md, "What the server says".</remarks>
public sealed record PeerInfo(string Id, string Name);
