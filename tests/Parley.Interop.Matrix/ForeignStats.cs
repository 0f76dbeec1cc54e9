namespace Parley.Interop.Matrix;

/// <summary>How a foreign peer stands.</summary>
/// <param name="Signaling">The signaling state.</param>
/// <param name="Connection">The connection state.</param>
/// <param name="Ufrag">The ufrag of its local description.</param>
/// <param name="Open">The labels of its open data channels.</param>
/// <param name="Texts">The messages that came.</param>
/// <param name="Sections">Its audio and video sections.</param>
/// <param name="Over">What it saw of the other side's close; null before.</param>
public sealed record ForeignStats(
    string Signaling, string Connection, string? Ufrag, string[] Open, string[] Texts, ForeignSection[] Sections, string? Over = null);
