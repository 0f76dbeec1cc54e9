using System.Text.Json.Serialization;

namespace Parley;

/// <summary>
/// How descriptions and candidates become the JSON of a browser and back, generated at build time so that it survives trimming and Native
/// AOT: <c>JsonSerializer.Serialize(description, ParleyJsonContext.Default.SessionDescription)</c>. Any other context or options read and
/// write them alike.
/// </summary>
[JsonSerializable(typeof(SessionDescription))]
[JsonSerializable(typeof(IceCandidateInit))]
[JsonSerializable(typeof(IceCandidate))]
public sealed partial class ParleyJsonContext : JsonSerializerContext;
