namespace Parley.Server;

/// <summary>One STUN or TURN server for the page.</summary>
/// <param name="Urls">Its addresses, such as <c>stun:host:3478</c>.</param>
/// <param name="Username">The user name of a TURN server.</param>
/// <param name="Credential">The password of a TURN server; the page, and so everyone who opens it, can read it.</param>
/// <remarks>W3C name: RTCIceServer.</remarks>
public sealed record IceServerOptions(IReadOnlyList<string> Urls, string? Username = null, string? Credential = null);
