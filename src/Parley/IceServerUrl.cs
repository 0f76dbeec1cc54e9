namespace Parley;

/// <summary>A STUN or TURN URL taken apart (RFC 7064, RFC 7065; webrtc-pc §4.4.1.6, "validate an ICE server URL").</summary>
internal sealed record IceServerUrl(string Text, bool IsTurn, bool IsSecure, string Host, int Port, bool IsTcp)
{
    /// <summary>Servers beyond are ignored; webrtc-pc §4.2.1 wants at least 32.</summary>
    public const int MaxServers = 64;

    // RFC 8489 §14.3 has "fewer than 509 bytes"; browsers take 509.
    private const int MaxUsernameBytes = 509;

    public static void ValidateAll(IEnumerable<IceServer> servers)
    {
        foreach (var server in servers.Take(MaxServers))
        {
            if (server.Urls.Count == 0)
            {
                throw new RtcException(RtcErrorNames.SyntaxError, "An ICE server has no URL.");
            }

            foreach (var text in server.Urls)
            {
                // An empty name or password is let through, as browsers do; the server will refuse it.
                var url = Parse(text);
                if (url.IsTurn
                    && (server.Username is null
                        || server.Credential is null
                        || System.Text.Encoding.UTF8.GetByteCount(server.Username) > MaxUsernameBytes))
                {
                    throw new RtcException(
                        RtcErrorNames.InvalidAccessError, "A TURN server needs a user name of at most 509 bytes and a credential.");
                }
            }
        }
    }

    public static IceServerUrl Parse(string text)
    {
        // The URL standard's parser strips C0 controls and spaces around, and tabs and line ends within.
        var stripped = string.Concat(text.Trim(TrimmedCharacters).Where(character => character is not ('\t' or '\n' or '\r')));
        var colon = stripped.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : stripped[..colon].ToLowerInvariant();
        if (scheme is not ("stun" or "stuns" or "turn" or "turns"))
        {
            throw Malformed(text, "the scheme is none of stun, stuns, turn, turns");
        }

        var rest = stripped[(colon + 1)..];
        var isTurn = scheme[0] == 't';
        var isSecure = scheme[^1] == 's';
        string? query = null;
        if (rest.Contains('#', StringComparison.Ordinal))
        {
            throw Malformed(text, "it has a fragment");
        }

        var question = rest.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
        {
            query = rest[(question + 1)..];
            rest = rest[..question];
        }

        if (query is not null && (!isTurn || query is not ("transport=udp" or "transport=tcp")))
        {
            throw Malformed(text, "its query is not allowed");
        }

        return IceServerHost.TryParse(rest, out var host, out var port)
            ? new IceServerUrl(
                text, isTurn, isSecure, host, port ?? (isSecure ? 5349 : 3478), query == "transport=tcp" || (isSecure && query is null))
            : throw Malformed(text, "its host or port is malformed");
    }

    private static readonly char[] TrimmedCharacters = [.. Enumerable.Range(0, 0x21).Select(code => (char)code)];

    private static RtcException Malformed(string text, string reason) =>
        new(RtcErrorNames.SyntaxError, $"The ICE server URL '{text}' is malformed: {reason}.");
}
