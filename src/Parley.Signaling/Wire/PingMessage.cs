namespace Parley.Signaling;

/// <summary>A member's heartbeat. The server answers with a <see cref="PongMessage"/>.</summary>
/// <param name="Received">How many messages the member has received in this session; the server keeps them no longer.</param>
public sealed record PingMessage(long Received) : ClientMessage;
