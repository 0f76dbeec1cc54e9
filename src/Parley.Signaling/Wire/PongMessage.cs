namespace Parley.Signaling;

/// <summary>The server's answer to a <see cref="PingMessage"/>.</summary>
/// <param name="Received">How many messages of the member the server has taken in this session.</param>
public sealed record PongMessage(long Received) : ServerMessage;
