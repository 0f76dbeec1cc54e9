using System.Text.Json.Serialization;

namespace Parley.Signaling;

/// <summary>The first message to a peer that entered a room, or came back to it.</summary>
/// <param name="Id">The receiver's own id.</param>
/// <param name="Room">The room's name.</param>
/// <param name="Peers">
/// Who was there before, in the order they came; towards each of them the newcomer is the polite one. Empty when the session was resumed:
/// what changed meanwhile follows as messages.
/// </param>
/// <param name="Session">The session; null for a client that did not ask for one.</param>
public sealed record WelcomeMessage(
    string Id,
    string Room,
    IReadOnlyList<PeerInfo> Peers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SessionInfo? Session = null) : ServerMessage;
