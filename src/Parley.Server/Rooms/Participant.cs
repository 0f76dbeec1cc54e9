using System.Text;
using Parley.Signaling;

namespace Parley.Server;

/// <summary>One peer in one room.</summary>
internal sealed class Participant(string id, string name, Outbox outbox)
{
    /// <summary>The id, as the messages carry it.</summary>
    public string Id { get; } = id;

    /// <summary>The id in UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8Id { get; } = Encoding.UTF8.GetBytes(id);

    /// <summary>What the peer calls itself.</summary>
    public string Name { get; } = name;

    /// <summary>Queues a message of the server's own.</summary>
    public void Tell(ServerMessage message) =>
        outbox.Post(SignalingJson.Write(message));

    /// <summary>Queues a message of another peer.</summary>
    public void Relay(ReadOnlyMemory<byte> message) => outbox.Post(message);
}
