using Parley.Ice;

namespace Parley.Transport;

/// <summary>The peer as its description tells of it.</summary>
/// <param name="Number">Another number than the one before: another peer answers in the place of the former, whose checks are forgotten
/// (RFC 9429 §5.10).</param>
/// <param name="Credentials">The peer's username fragment and password.</param>
/// <param name="IsLite">Whether it is a lite agent (RFC 8445 §2.5).</param>
public sealed record RemotePeer(int Number, IceCredentials Credentials, bool IsLite);
