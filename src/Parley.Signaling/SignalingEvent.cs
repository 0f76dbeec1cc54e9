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
