using Parley.Ice;

namespace Parley.Transport;

/// <summary>A generation of this side's ICE credentials (RFC 8445 §9).</summary>
/// <param name="Number">A greater number than the one before restarts ICE; the number before it takes the restart back. Never used for
/// other credentials.</param>
/// <param name="Credentials">The username fragment and the password.</param>
public sealed record LocalGeneration(int Number, IceCredentials Credentials);
