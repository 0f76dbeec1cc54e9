using Parley.Net;

namespace Parley.Ice;

/// <summary>What tells one path from another: the base and the peer's address.</summary>
internal readonly record struct PathKey(TransportAddress Local, TransportAddress Remote);
