namespace Parley.Signaling;

/// <summary>The first message of a member that comes back.</summary>
/// <param name="Token">The token of its last welcome.</param>
/// <param name="Received">How many messages it has received in this session.</param>
/// <param name="Peers">The ids of those it knows, for a server that does not know the session.</param>
public sealed record ResumeMessage(string Token, long Received, IReadOnlyList<string> Peers) : ClientMessage;
