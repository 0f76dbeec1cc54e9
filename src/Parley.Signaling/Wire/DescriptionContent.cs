namespace Parley.Signaling;

/// <summary>A description as browsers write it.</summary>
/// <param name="Type"><c>offer</c>, <c>answer</c>, <c>pranswer</c> or <c>rollback</c>.</param>
/// <param name="Sdp">Its text; a rollback has none.</param>
internal sealed record DescriptionContent(string Type, string? Sdp = null);
