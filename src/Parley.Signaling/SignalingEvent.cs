namespace Parley.Signaling;

/// <summary>Something that happened in the room.</summary>
public abstract record SignalingEvent;

/// <summary>A peer is in the room: it was there before, or it entered now.</summary>
/// <param name="Peer">The peer, with the way to it.</param>
public sealed record PeerJoined(RemotePeer Peer) : SignalingEvent;

/// <summary>A peer left or vanished. Its channel has ended.</summary>
/// <param name="Peer">The peer.</param>
public sealed record PeerLeft(RemotePeer Peer) : SignalingEvent;

/// <summary>The server could not do something that was sent.</summary>
/// <param name="Code">One of <see cref="SignalingErrorCodes"/>.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record ErrorReceived(string Code, string Message) : SignalingEvent;

/// <summary>
/// The connection to the server is lost, and the client tries to come back. Calls go on; what is sent to peers meanwhile is kept.
/// </summary>
/// <param name="Reason">Why, in a sentence for people.</param>
public sealed record Reconnecting(string Reason) : SignalingEvent;

/// <summary>The client is in the room again.</summary>
/// <param name="Resumed">
/// Whether the server had kept this member's place. False: it had not, because it was started anew or the member was away too long. Then a
/// <see cref="PeerLeft"/> came before for each peer whose call cannot go on, and a <see cref="PeerJoined"/> if it is there.
/// </param>
public sealed record Reconnected(bool Resumed) : SignalingEvent;
