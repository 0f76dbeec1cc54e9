namespace Parley.Interop.Differential;

/// <summary>What became of a case.</summary>
/// <param name="Verdict">
/// <c>OK</c>; <c>REFUSED</c>: the last step or the candidate was; <c>ANSWER-FAILED</c>: the offer was taken, but not answered;
/// <c>BEFORE-REFUSED</c>: an earlier step was refused. Of Parley also <c>HALF-APPLIED</c>: refused, but not without a trace; <c>DIED</c>:
/// the connection no longer answers; <c>THREW</c>: with an exception that no interface names.
/// </param>
/// <param name="Error">The error's text.</param>
public sealed record CaseVerdict(string Verdict, string? Error = null);
