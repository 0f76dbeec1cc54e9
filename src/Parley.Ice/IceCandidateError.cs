using Parley.Net;

namespace Parley.Ice;

/// <summary>A server gave no candidate.</summary>
/// <param name="LocalAddress">The base that asked.</param>
/// <param name="Url">The server, as the caller named it.</param>
/// <param name="ErrorCode">STUN's error code, or 701 when the server did not answer.</param>
/// <param name="ErrorText">STUN's reason, or what happened.</param>
/// <remarks>W3C: <c>RTCPeerConnectionIceErrorEvent</c>.</remarks>
public sealed record IceCandidateError(TransportAddress LocalAddress, string Url, int ErrorCode, string ErrorText);
