namespace Parley.Interop.Differential;

/// <summary>A description that the peer says.</summary>
/// <param name="Type">"offer", "pranswer" or "answer".</param>
/// <param name="Sdp">The text. <c>{URI}</c> in an extmap line is the id that our offer has for that header extension.</param>
public sealed record CaseStep(string Type, string Sdp);
