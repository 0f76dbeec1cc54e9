namespace Parley.Signaling;

/// <summary>What a member needs to come back after it lost its socket (docs/signaling.md, "Coming back").</summary>
/// <param name="Token">Proves that it is the same member; a secret.</param>
/// <param name="Grace">For how many seconds the server keeps the place of a member that vanished.</param>
/// <param name="Received">How many messages of the member the server has taken in this session.</param>
/// <param name="Resumed">Whether the session goes on. False: it begins now, and both sides count from zero.</param>
public sealed record SessionInfo(string Token, double Grace, long Received = 0, bool Resumed = false);
