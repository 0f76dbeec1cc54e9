using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Parley.Server;

/// <summary>Adds Parley's signaling to an ASP.NET Core application of your own.</summary>
public static class SignalingServiceCollectionExtensions
{
    /// <summary>Adds the rooms. Map them with <see cref="SignalingEndpointExtensions.MapParley"/>.</summary>
    /// <param name="services">The application's services. A registered <see cref="TimeProvider"/> is used.</param>
    /// <param name="configure">
    /// Changes the bounds. Several calls add to each other, and so does <c>services.Configure&lt;SignalingOptions&gt;(…)</c> with a section
    /// of the configuration.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddParleySignaling(this IServiceCollection services, Action<SignalingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<SignalingOptions> options = services.AddOptions<SignalingOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SignalingOptions>, SignalingOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => provider.GetRequiredService<IOptions<SignalingOptions>>().Value);
        services.TryAddSingleton<RoomDirectory>();
        services.TryAddSingleton<AddressLimits>();
        services.TryAddSingleton<HostPolicy>();
        services.TryAddSingleton<SignalingService>();
        return services;
    }
}
