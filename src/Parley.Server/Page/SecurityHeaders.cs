using Microsoft.AspNetCore.Http;

namespace Parley.Server;

/// <summary>What the page may do: load from here, talk to here, and be framed by nobody.</summary>
internal static class SecurityHeaders
{
    public static void Apply(HttpRequest request, IHeaderDictionary headers)
    {
        // Not every browser counts the WebSocket of the same host as 'self'.
        string host = request.Host.Value ?? "";
        string socket = host.Length > 0 && host.All(c => char.IsAsciiLetterOrDigit(c) || ".-:[]".Contains(c))
            ? $" {(request.IsHttps ? "wss" : "ws")}://{host}"
            : "";
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; " +
            $"connect-src 'self'{socket}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
