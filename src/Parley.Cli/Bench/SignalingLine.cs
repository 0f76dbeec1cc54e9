using System.Text.Json.Serialization;

namespace Parley.Cli.Bench;

/// <summary>
/// One message of a connection: a description (<c>type</c> and <c>sdp</c>), its end, or else a candidate, absent at the end of gathering.
/// </summary>
internal sealed record SignalingLine(int Connection)
{
    public string? Type { get; init; }

    public string? Sdp { get; init; }

    public bool Ends { get; init; }

    public string? Candidate { get; init; }

    public string? Mid { get; init; }

    public ushort? Index { get; init; }

    public string? Fragment { get; init; }
}

/// <summary>The lines as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SignalingLine))]
internal sealed partial class BenchJson : JsonSerializerContext;
