namespace Parley.Signaling;

/// <summary>Somebody entered the room; towards them the receiver is the impolite one.</summary>
/// <param name="Id">The newcomer's id.</param>
/// <param name="Name">The newcomer's name; escape it wherever it is shown.</param>
public sealed record PeerJoinedMessage(string Id, string Name) : ServerMessage;
