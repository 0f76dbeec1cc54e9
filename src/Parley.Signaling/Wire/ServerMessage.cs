using System.Text.Json.Serialization;

namespace Parley.Signaling;

/// <summary>A message the server itself says, told apart by its <c>type</c>; messages of other peers have a <c>from</c> instead.</summary>
/// <remarks>docs/signaling.md, "What the server says".</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(WelcomeMessage), "welcome")]
[JsonDerivedType(typeof(PeerJoinedMessage), "peer-joined")]
[JsonDerivedType(typeof(PeerLeftMessage), "peer-left")]
[JsonDerivedType(typeof(ErrorMessage), "error")]
[JsonDerivedType(typeof(PongMessage), "pong")]
public abstract record ServerMessage;
