using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Parley.Server;

/// <summary>Takes the requests at <c>/rooms/{room}</c>.</summary>
internal sealed class SignalingService(
    RoomDirectory rooms, SignalingOptions options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<SignalingService> logger)
{
    private const int MaxNameLength = 64;

    public async Task ServeAsync(HttpContext context)
    {
        string roomName = context.Request.RouteValues["room"] as string ?? "";
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "A room is joined over a WebSocket.").ConfigureAwait(false);
            return;
        }

        if (!OriginPolicy.Allows(context.Request, options.AllowedOrigins))
        {
            ServerLog.OriginRefused(logger);
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "This origin may not join rooms here.").ConfigureAwait(false);
            return;
        }

        if (roomName.Length is 0 or > MaxNameLength)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "A room's name has 1 to 64 characters.").ConfigureAwait(false);
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = options.PingInterval,
            KeepAliveTimeout = options.PingTimeout,
        }).ConfigureAwait(false);
        using var connection = new SignalingConnection(socket, Readable(context.Request.Query["name"]), rooms, options, time, logger);
        await connection.RunAsync(roomName, lifetime.ApplicationStopping).ConfigureAwait(false);
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why + "\n", context.RequestAborted);
    }

    // A name is somebody's own text: kept as it is, but short and without control characters. Cut between characters, never inside.
    private static string Readable(string? name)
    {
        var readable = new StringBuilder();
        foreach (Rune rune in (name ?? "").Trim().EnumerateRunes())
        {
            if (readable.Length + rune.Utf16SequenceLength > MaxNameLength)
            {
                break;
            }

            if (!Rune.IsControl(rune))
            {
                readable.Append(rune);
            }
        }

        return readable.ToString();
    }
}
