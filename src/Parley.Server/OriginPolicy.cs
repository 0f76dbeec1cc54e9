using System.Net;
using Microsoft.AspNetCore.Http;

namespace Parley.Server;

/// <summary>
/// Which pages may open a socket. A browser lets any page open a WebSocket to any server, this machine's loopback included, and
/// says only in <c>Origin</c> which page asks; programs that are no browsers say nothing and are let in.
/// </summary>
internal static class OriginPolicy
{
    public static bool Allows(HttpRequest request, IList<string> allowedOrigins)
    {
        string? origin = request.Headers.Origin;
        if (string.IsNullOrEmpty(origin)
            || allowedOrigins.Contains("*")
            || allowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        // A file's origin ("file://", or "null" as that of a sandboxed frame) is nobody's own, and would count as of this machine.
        if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) || page.Scheme is not ("http" or "https"))
        {
            return false;
        }

        // Reached through loopback, only pages of this machine are its own: a foreign name that resolves to 127.0.0.1 (DNS
        // rebinding) would otherwise be "same origin".
        IPAddress? reached = request.HttpContext.Connection.LocalIpAddress;
        return reached is null || IPAddress.IsLoopback(reached)
            ? page.IsLoopback
            : string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }
}
