using System.Text.Json.Serialization;

namespace Parley.Signaling;

/// <summary>A peer as the server names it: its id in the room and the name it gave itself.</summary>
/// <param name="Id">The id of this stay in the room; addresses messages.</param>
/// <param name="Name">What the peer calls itself, at most 64 characters; comes from a stranger, so escape it wherever it is shown.</param>
/// <param name="Kept">Whether both sides knew each other before the receiver came back, so that their call may go on.</param>
/// <remarks>docs/signaling.md, "What the server says".</remarks>
public sealed record PeerInfo(
    string Id, string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Kept = false);
