namespace Parley.Interop.Matrix;

/// <summary>How a section stands at a foreign peer, as its <c>stats</c> say.</summary>
/// <param name="Mid">The section.</param>
/// <param name="Kind"><c>audio</c> or <c>video</c>.</param>
/// <param name="Current">The negotiated direction, from its side; null before it is.</param>
/// <param name="Sending">Whether its sender has a track.</param>
/// <param name="Received">Packets received so far.</param>
/// <param name="Pictures">Frames decoded so far; null when it decodes none.</param>
/// <param name="Loud">Whether what it decoded is not silence; null when it decodes nothing.</param>
public sealed record ForeignSection(
    string Mid, string Kind, string? Current, bool Sending, long Received, long? Pictures = null, bool? Loud = null);
