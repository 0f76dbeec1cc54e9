using System.Text.Json.Serialization;

namespace Parley.Signaling;

/// <summary>A description on its way to a peer.</summary>
/// <param name="To">Whom it is for.</param>
/// <param name="N">Its number among the messages to that peer, from 1; 0, and not written, without one.</param>
/// <param name="Description">The description.</param>
internal sealed record DescriptionEnvelope(
    string To, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long N, DescriptionContent Description);
