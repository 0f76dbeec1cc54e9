using System.Text.Json.Serialization;

namespace Parley.Signaling;

/// <summary>A candidate on its way to a peer.</summary>
/// <param name="To">Whom it is for.</param>
/// <param name="N">Its number among the messages to that peer, from 1; 0, and not written, without one.</param>
/// <param name="Candidate">The candidate; null, and written as null, at the end of gathering.</param>
internal sealed record CandidateEnvelope(
    string To, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long N, IceCandidateInit? Candidate);
