namespace Parley.Signaling;

/// <summary>A candidate on its way to a peer.</summary>
/// <param name="To">Whom it is for.</param>
/// <param name="Candidate">The candidate; null, and written as null, at the end of gathering.</param>
internal sealed record CandidateEnvelope(string To, IceCandidateInit? Candidate);
