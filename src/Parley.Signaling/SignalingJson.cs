using System.Text.Json.Serialization;

namespace Parley.Signaling;

/// <summary>How signaling messages become JSON and back, generated at build time so that it survives trimming and Native AOT.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowOutOfOrderMetadataProperties = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ServerMessage))]
public sealed partial class SignalingJson : JsonSerializerContext;
