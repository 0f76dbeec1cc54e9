using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Parley.Server;

/// <summary>Maps Parley's endpoints into an ASP.NET Core application of your own.</summary>
public static class SignalingEndpointExtensions
{
    /// <summary>
    /// Maps everything <c>parley serve</c> serves: the page at <c>/</c>, <c>/config.json</c>, <c>/rooms/{room}</c> and <c>/healthz</c>.
    /// </summary>
    /// <param name="endpoints">The application. Needs <see cref="SignalingServiceCollectionExtensions.AddParleySignaling"/>.</param>
    /// <returns><paramref name="endpoints"/>.</returns>
    public static IEndpointRouteBuilder MapParley(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.MapParleySignaling();
        endpoints.MapParleyPage();
        endpoints.MapGet("/healthz", static context =>
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync("ok\n", context.RequestAborted);
        });
        return endpoints;
    }

    /// <summary>Maps only the rooms, at <c>/rooms/{room}</c>.</summary>
    /// <param name="endpoints">The application. Needs <see cref="SignalingServiceCollectionExtensions.AddParleySignaling"/>.</param>
    /// <returns>The endpoint's conventions, for example to require authorization.</returns>
    public static IEndpointConventionBuilder MapParleySignaling(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        SignalingService service = Required<SignalingService>(endpoints);
        IApplicationBuilder pipeline = endpoints.CreateApplicationBuilder();
        pipeline.Use(service.MeterAsync);
        pipeline.UseWebSockets();
        pipeline.Run(service.ServeAsync);
        return endpoints.Map("/rooms/{room}", pipeline.Build());
    }

    /// <summary>Maps only the page, at <c>/</c>, and the <c>/config.json</c> it reads.</summary>
    /// <param name="endpoints">The application. Needs <see cref="SignalingServiceCollectionExtensions.AddParleySignaling"/>.</param>
    /// <returns><paramref name="endpoints"/>.</returns>
    public static IEndpointRouteBuilder MapParleyPage(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        SignalingOptions options = Required<SignalingOptions>(endpoints);
        HostPolicy hosts = Required<HostPolicy>(endpoints);
        foreach ((string path, PageFile file) in PageFiles.Load())
        {
            endpoints.MapMethods("/" + path, methods, hosts.Guard(file.ServeAsync));
            if (path == "index.html")
            {
                endpoints.MapMethods("/", methods, hosts.Guard(file.ServeAsync));
            }
        }

        endpoints.MapGet("/config.json", hosts.Guard(context =>
        {
            SecurityHeaders.Apply(context.Request, context.Response.Headers);
            context.Response.Headers.CacheControl = "no-store";
            context.Response.ContentType = "application/json";
            return JsonSerializer.SerializeAsync(
                context.Response.Body, new PageConfiguration([.. options.IceServers]), PageJson.Default.PageConfiguration,
                context.RequestAborted);
        }));
        return endpoints;
    }

    private static T Required<T>(IEndpointRouteBuilder endpoints)
        where T : notnull =>
        endpoints.ServiceProvider.GetService<T>() ?? throw new InvalidOperationException(
            "Parley's signaling is not among the services. "
            + $"Call builder.Services.{nameof(SignalingServiceCollectionExtensions.AddParleySignaling)}() "
            + "before the application is built.");
}
