namespace Parley.Sctp;

/// <summary>Why an association failed; apart from <see cref="PendingEvent"/>, of which many wait and one has it.</summary>
internal sealed record SctpEnding(SctpFailure Failure, string Reason, int? CauseCode);
