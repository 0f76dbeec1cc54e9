using Parley.Net;

namespace Parley.Ice;

/// <summary>A STUN server, and the name the caller gave it.</summary>
internal sealed record StunServer(TransportAddress Address, string Url);
