namespace Parley.Signaling;

/// <summary>The first message to a peer that entered a room.</summary>
/// <param name="Id">The newcomer's own id.</param>
/// <param name="Room">The room's name.</param>
/// <param name="Peers">Who was there before, in the order they came; towards each of them the newcomer is the polite one.</param>
public sealed record WelcomeMessage(string Id, string Room, IReadOnlyList<PeerInfo> Peers) : ServerMessage;
