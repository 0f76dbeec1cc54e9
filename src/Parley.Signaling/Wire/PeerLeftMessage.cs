namespace Parley.Signaling;

/// <summary>Somebody left the room, or vanished from it.</summary>
/// <param name="Id">The id that is gone for good.</param>
public sealed record PeerLeftMessage(string Id) : ServerMessage;
