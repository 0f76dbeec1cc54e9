using System.Text.Json;

namespace Parley.Interop.Differential;

/// <summary>What a peer says, for which Parley and Chromium are to have the same verdict.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Offered">What is added first, a letter each, as <c>verdicts.js</c> has them.</param>
/// <param name="Policy">The bundle policy, in W3C's word.</param>
/// <param name="Then">What is added before the last step; or "restart": ICE restarts before it.</param>
/// <param name="Steps">What the peer says, in order. The verdict is about the last, or about the candidate after it.</param>
/// <param name="Candidate">The RTCIceCandidateInit added at the end, when the case is about one.</param>
public sealed record DifferentialCase(
    string Name, string Offered, string Policy, string Then, IReadOnlyList<CaseStep> Steps, JsonElement? Candidate);
