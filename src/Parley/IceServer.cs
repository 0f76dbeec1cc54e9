namespace Parley;

/// <summary>A STUN or TURN server (webrtc-pc §4.2.2).</summary>
/// <remarks>RTCIceServer.</remarks>
public sealed record IceServer
{
    /// <summary>A server of the given URLs ("stun:host:port", "turn:host:port?transport=udp").</summary>
    public IceServer(params IEnumerable<string> urls) => Urls = [.. urls];

    /// <summary>The server's URLs (RFC 7064, RFC 7065).</summary>
    public IReadOnlyList<string> Urls { get; }

    /// <summary>The user name for a TURN server.</summary>
    public string? Username { get; init; }

    /// <summary>The password for a TURN server.</summary>
    public string? Credential { get; init; }

    /// <summary>Checks the server as a connection does that is made with it (webrtc-pc §4.4.1.6, "validate an ICE server URL").</summary>
    /// <exception cref="RtcException">SyntaxError: a URL is malformed, or there is none. InvalidAccessError: a TURN server lacks its
    /// credentials.</exception>
    public void Validate() => IceServerUrl.ValidateAll([this]);
}
