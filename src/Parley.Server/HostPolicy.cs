using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Parley.Server;

/// <summary>
/// By which names this server may be asked. A foreign page can make its own name point at this machine (DNS rebinding), and would then be
/// of the same origin; it cannot do so with an IP address, nor with a name it does not own, nor with TLS, since it has no certificate.
/// </summary>
internal sealed class HostPolicy(SignalingOptions options, ILogger<HostPolicy> logger)
{
    private readonly HashSet<string> _names = new(
        [
            "localhost",
            Environment.MachineName,
            Environment.MachineName + ".local",
            .. options.AllowedHosts,
            .. options.AllowedOrigins.Select(origin => Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) ? uri.IdnHost : "localhost"),
        ],
        StringComparer.OrdinalIgnoreCase);

    private readonly bool _allowsAll = options.AllowedHosts.Contains("*");

    public bool Allows(HttpRequest request)
    {
        string host = request.Host.Host;
        return _allowsAll || request.IsHttps || _names.Contains(host) || IPAddress.TryParse(host.Trim('[', ']'), out _)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Lets only allowed requests through.</summary>
    public RequestDelegate Guard(RequestDelegate next) => context => Allows(context.Request) ? next(context) : RefuseAsync(context);

    public Task RefuseAsync(HttpContext context)
    {
        ServerLog.HostRefused(logger);
        ServerMeter.Count(RefusalReason.Host);
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("This server is not known by that name. Start it with --host NAME.\n", context.RequestAborted);
    }
}
