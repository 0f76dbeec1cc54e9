using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Parley.Server;

/// <summary>Adds Parley's signaling to an ASP.NET Core application of your own.</summary>
public static class SignalingServiceCollectionExtensions
{
    /// <summary>Adds the rooms. Map them with <see cref="SignalingEndpointExtensions.MapParley"/>.</summary>
    /// <param name="services">The application's services. A registered <see cref="TimeProvider"/> is used.</param>
    /// <param name="configure">Changes the bounds.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddParleySignaling(this IServiceCollection services, Action<SignalingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new SignalingOptions();
        configure?.Invoke(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.TryAddSingleton<RoomDirectory>();
        services.TryAddSingleton<SignalingService>();
        return services;
    }
}
