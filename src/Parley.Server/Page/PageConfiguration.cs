using System.Text.Json.Serialization;

namespace Parley.Server;

/// <summary>What <c>/config.json</c> tells the page.</summary>
/// <param name="IceServers">As the page hands them to its connections.</param>
internal sealed record PageConfiguration(IReadOnlyList<IceServerOptions> IceServers);

/// <summary>How <see cref="PageConfiguration"/> becomes JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PageConfiguration))]
internal sealed partial class PageJson : JsonSerializerContext;
