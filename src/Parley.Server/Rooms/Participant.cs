using System.Text;
using Parley.Signaling;

namespace Parley.Server;

/// <summary>
/// One stay of a peer in a room. It outlives a socket when the peer has a session: then it is without one until the peer comes back or its
/// grace ends.
/// </summary>
internal sealed class Participant
{
    private readonly Action<Participant, CutReason> _cut;

    public Participant(
        string id, string name, string? token, SignalingOptions options, OutboxBudget budget, Action<Participant, CutReason> cut)
    {
        Id = id;
        Utf8Id = Encoding.UTF8.GetBytes(id);
        Name = name;
        Token = token;
        _cut = cut;
        Outbox = new Outbox(options, budget, keepsSent: token is not null, reason => _cut(this, reason));
    }

    /// <summary>The id, as the messages carry it.</summary>
    public string Id { get; }

    /// <summary>The id in UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8Id { get; }

    /// <summary>What the peer calls itself; empty while it is only expected.</summary>
    public string Name { get; set; }

    /// <summary>What proves that it is the same peer; null for a peer that cannot come back.</summary>
    public string? Token { get; }

    /// <summary>What waits to be sent to it.</summary>
    public Outbox Outbox { get; }

    /// <summary>How many of its messages were taken. Changed only by the connection it has.</summary>
    public long Taken { get; set; }

    /// <summary>The room it is in; null for one that found no place.</summary>
    public Room? Room { get; set; }

    /// <summary>The ids it was told of, and not told that they left. Under the room's lock.</summary>
    public HashSet<string> Known { get; } = new(StringComparer.Ordinal);

    /// <summary>Its socket; null while it is away. Under the room's lock.</summary>
    public SignalingConnection? Connection { get; set; }

    /// <summary>Ends its stay when it does not come back. Under the room's lock.</summary>
    public ITimer? Grace { get; set; }

    /// <summary>Queues a message of the server's own.</summary>
    public void Tell(ServerMessage message) => Outbox.Post(SignalingJson.Write(message));

    /// <summary>Queues a message of the server's own about this socket: a welcome, or a pong.</summary>
    public void TellUncounted(ServerMessage message) => Outbox.PostUncounted(SignalingJson.Write(message));

    /// <summary>Queues a message of another peer.</summary>
    public void Relay(ReadOnlyMemory<byte> message) => Outbox.Post(message);
}
