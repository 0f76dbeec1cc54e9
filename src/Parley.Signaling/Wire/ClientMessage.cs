using System.Text.Json.Serialization;

namespace Parley.Signaling;

/// <summary>What a member says to the server itself; it has a <c>type</c> and no <c>to</c>.</summary>
/// <remarks>docs/signaling.md, "Coming back".</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(PingMessage), "ping")]
[JsonDerivedType(typeof(ResumeMessage), "resume")]
public abstract record ClientMessage;
