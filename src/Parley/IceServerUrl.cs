using System.Globalization;

namespace Parley;

/// <summary>A STUN or TURN URL taken apart (RFC 7064, RFC 7065; webrtc-pc §4.4.1.6, "validate an ICE server URL").</summary>
internal sealed record IceServerUrl(string Text, bool IsTurn, bool IsSecure, string Host, int Port, bool IsTcp)
{
    public static void ValidateAll(IReadOnlyList<IceServer> servers)
    {
        foreach (var server in servers)
        {
            if (server.Urls.Count == 0)
            {
                throw new RtcException(RtcErrorNames.SyntaxError, "An ICE server has no URL.");
            }

            foreach (var text in server.Urls)
            {
                var url = Parse(text);
                if (url.IsTurn && (string.IsNullOrEmpty(server.Username) || server.Credential is null || System.Text.Encoding.UTF8.GetByteCount(server.Username) > 508))
                {
                    throw new RtcException(RtcErrorNames.InvalidAccessError, "A TURN server needs a user name and a credential.");
                }
            }
        }
    }

    public static IceServerUrl Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : text[..colon].ToLowerInvariant();
        if (scheme is not ("stun" or "stuns" or "turn" or "turns"))
        {
            throw Malformed(text, "the scheme is none of stun, stuns, turn, turns");
        }

        var rest = text[(colon + 1)..];
        var isTurn = scheme.StartsWith("turn", StringComparison.Ordinal);
        var isSecure = scheme.EndsWith('s');
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

        if (rest.Length == 0 || rest.AsSpan().IndexOfAny('/', '@') >= 0)
        {
            throw Malformed(text, "it does not name a host");
        }

        if (query is not null && (!isTurn || query is not ("transport=udp" or "transport=tcp")))
        {
            throw Malformed(text, "its query is not allowed");
        }

        var (host, port) = SplitHostAndPort(text, rest, isSecure ? 5349 : 3478);
        return new IceServerUrl(text, isTurn, isSecure, host, port, isSecure || query == "transport=tcp");
    }

    private static (string Host, int Port) SplitHostAndPort(string text, string rest, int defaultPort)
    {
        string host;
        string? portText = null;
        if (rest[0] == '[')
        {
            var end = rest.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || !System.Net.IPAddress.TryParse(rest.AsSpan(1, end - 1), out _))
            {
                throw Malformed(text, "its IPv6 address is malformed");
            }

            host = rest[1..end];
            if (end + 1 < rest.Length)
            {
                portText = rest[end + 1] == ':' ? rest[(end + 2)..] : throw Malformed(text, "its port is malformed");
            }
        }
        else
        {
            var colon = rest.IndexOf(':', StringComparison.Ordinal);
            host = colon < 0 ? rest : rest[..colon];
            portText = colon < 0 ? null : rest[(colon + 1)..];
            if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            {
                throw Malformed(text, "its host is malformed");
            }
        }

        if (string.IsNullOrEmpty(portText))
        {
            return (host, defaultPort);
        }

        return ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (host, port)
            : throw Malformed(text, "its port is malformed");
    }

    private static RtcException Malformed(string text, string reason) => new(RtcErrorNames.SyntaxError, $"The ICE server URL '{text}' is malformed: {reason}.");
}
