using System.Text.Json;

namespace Parley.Signaling;

/// <summary>
/// A message of one peer to another as it is on the wire: <c>to</c> on the way to the server, <c>from</c> on the way from it.
/// </summary>
internal sealed record PeerContent
{
    /// <summary>Whom it is for.</summary>
    public string? To { get; init; }

    /// <summary>Whom it is from.</summary>
    public string? From { get; init; }

    /// <summary>
    /// Its number among the messages of that sender to this receiver; undefined, or of any kind, from a client that does not number.
    /// </summary>
    public JsonElement N { get; init; }

    /// <summary>The description, if it carries one.</summary>
    public DescriptionContent? Description { get; init; }

    /// <summary>The candidate or JSON null, if it carries one; undefined otherwise.</summary>
    public JsonElement Candidate { get; init; }
}
