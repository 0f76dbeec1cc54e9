using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Parley.Server;

/// <summary>Takes the requests at <c>/rooms/{room}</c>.</summary>
internal sealed class SignalingService(
    RoomDirectory rooms,
    SignalingOptions options,
    HostPolicy hosts,
    AddressLimits addresses,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<SignalingService> logger)
{
    private const int MaxNameLength = 64;

    /// <summary>Puts a meter under the WebSocket that the next part of the pipeline makes of the request.</summary>
    public Task MeterAsync(HttpContext context, RequestDelegate next)
    {
        var meter = new SocketMeter(options, time);
        context.Features.Set(meter);
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
        {
            context.Features.Set<IHttpUpgradeFeature>(new MeteredUpgrade(upgrade, meter));
        }

        if (context.Features.Get<IHttpExtendedConnectFeature>() is { } connect)
        {
            context.Features.Set<IHttpExtendedConnectFeature>(new MeteredConnect(connect, meter));
        }

        // Made by an application's own UseWebSockets before us, over the stream without the meter.
        context.Features.Set<IHttpWebSocketFeature>(null);
        return next(context);
    }

    public async Task ServeAsync(HttpContext context)
    {
        if (!hosts.Allows(context.Request))
        {
            await hosts.RefuseAsync(context).ConfigureAwait(false);
            return;
        }

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
            ServerMeter.Count(RefusalReason.Origin);
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "This origin may not join rooms here.").ConfigureAwait(false);
            return;
        }

        if (roomName.Length is 0 or > MaxNameLength || roomName.EnumerateRunes().Any(Text.Misleads))
        {
            await RefuseAsync(
                context, StatusCodes.Status400BadRequest, "A room's name has 1 to 64 characters, all of which show.").ConfigureAwait(false);
            return;
        }

        if (addresses.Enter(context, out IPAddress? address) is { } reason)
        {
            ServerLog.AddressRefused(logger, reason);
            ServerMeter.Count(reason);
            context.Response.Headers.RetryAfter = "10";
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "Too many sockets from this address. Connect again later.")
                .ConfigureAwait(false);
            return;
        }

        try
        {
            await ServeAsync(context, roomName).ConfigureAwait(false);
        }
        finally
        {
            addresses.Leave(address);
        }
    }

    private async Task ServeAsync(HttpContext context, string roomName)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = options.PingInterval,
            KeepAliveTimeout = options.PingTimeout,
        }).ConfigureAwait(false);
        IQueryCollection query = context.Request.Query;
        SessionRequest session = query["session"].ToString() switch
        {
            "new" => SessionRequest.New,
            "resume" => SessionRequest.Resume,
            _ => SessionRequest.None,
        };
        SocketMeter meter = context.Features.GetRequiredFeature<SocketMeter>();
        var connection = new SignalingConnection(socket, meter, rooms, options, logger);
        await connection.RunAsync(
            roomName, Text.Readable(query["name"], MaxNameLength), session, lifetime.ApplicationStopping).ConfigureAwait(false);
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why + "\n", context.RequestAborted);
    }
}
