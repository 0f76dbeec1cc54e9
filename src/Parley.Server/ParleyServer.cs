using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Parley.Server;

/// <summary>The whole server in one object: page, signaling and health, as <c>parley serve</c> runs it. Safe from any thread.</summary>
/// <remarks>To serve rooms inside an application of your own, use <see cref="SignalingEndpointExtensions"/> instead.</remarks>
public sealed class ParleyServer : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(4);

    private readonly WebApplication _application;
    private readonly RoomDirectory _rooms;
    private int _disposed;

    private ParleyServer(WebApplication application)
    {
        _application = application;
        _rooms = application.Services.GetRequiredService<RoomDirectory>();
        Addresses =
            [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a =>
                new Uri(a))];
    }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:5080/</c>, with the port the system chose when 0 was asked for.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    /// <summary>The first of <see cref="Addresses"/>.</summary>
    public Uri Address => Addresses[0];

    /// <summary>How many rooms exist now.</summary>
    public int RoomCount => _rooms.Count;

    /// <summary>How many bytes wait to be sent to all peers together, those included that may be asked for again.</summary>
    public long WaitingBytes => _rooms.WaitingBytes;

    /// <summary>Starts a server; it listens when the task is done.</summary>
    /// <param name="options">Where and how; null for the defaults.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <param name="timeProvider">The clock of the flood bounds; null for the system's.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="OptionsValidationException">A bound is out of its range, or an origin, a host, a proxy or an ICE server is
    /// malformed.</exception>
    /// <exception cref="IOException">The port is taken, or the address is not this machine's.</exception>
    public static async Task<ParleyServer> StartAsync(
        ParleyServerOptions? options = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new ParleyServerOptions();
        if (SignalingOptionsValidator.ErrorOf(options.Signaling) is { } error)
        {
            throw new OptionsValidationException(nameof(SignalingOptions), typeof(SignalingOptions), [error]);
        }

        // Empty on purpose: no configuration files of the current directory, no environment variables, no handlers of Ctrl-C.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory ?? NullLoggerFactory.Instance);
        builder.Services.AddSingleton(timeProvider ?? TimeProvider.System);
        builder.Services.AddSingleton(options.Signaling);
        builder.Services.AddParleySignaling();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, UnattendedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTime);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
            kestrel.Listen(new IPEndPoint(options.Bind, options.Port));
        });

        WebApplication application = builder.Build();
        try
        {
            application.UseRouting();
            application.MapParley();
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new ParleyServer(application);
    }

    /// <summary>Closes every socket and stops listening, within 4 seconds. Any number of calls.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await _application.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The process belongs to whoever started the server: its signals are theirs to hear.
    private sealed class UnattendedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
