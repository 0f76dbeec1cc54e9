using System.Threading.Channels;

namespace Parley.Signaling;

/// <summary>Another peer in the room, and the way to it.</summary>
public sealed class RemotePeer
{
    // A peer sends some twenty messages to set up a call. Whoever lets a thousand lie does not read at all.
    private const int MaxUnread = 1024;

    private readonly Channel<SignalingMessage> _incoming =
        System.Threading.Channels.Channel.CreateBounded<SignalingMessage>(new BoundedChannelOptions(MaxUnread) { SingleWriter = true });

    internal RemotePeer(string id, string name, bool isPolite, SignalingClient client)
    {
        Id = id;
        Name = name;
        IsPolite = isPolite;
        Channel = new PeerChannel(this, client);
    }

    /// <summary>The peer's id, for as long as it stays in the room.</summary>
    public string Id { get; }

    /// <summary>What the peer calls itself; a stranger's text, at most 64 characters.</summary>
    public string Name { get; }

    /// <summary>Whether this side is the polite one towards the peer: this side joined later.</summary>
    public bool IsPolite { get; }

    /// <summary>The way to the peer. Ends when the peer leaves; breaks when the socket does.</summary>
    public ISignalingChannel Channel { get; }

    internal void Take(SignalingMessage message)
    {
        if (!_incoming.Writer.TryWrite(message))
        {
            _incoming.Writer.TryComplete(new SignalingException("Too many messages of the peer were left unread."));
        }
    }

    internal void End(SignalingException? error) => _incoming.Writer.TryComplete(error);

    private sealed class PeerChannel(RemotePeer peer, SignalingClient client) : ISignalingChannel
    {
        public ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default) =>
            client.SendAsync(SignalingJson.Write(peer.Id, description), cancellationToken);

        public ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default) =>
            client.SendAsync(SignalingJson.Write(peer.Id, candidate), cancellationToken);

        public async ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return await peer._incoming.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException exception)
            {
                return exception.InnerException is SignalingException broken ? throw new SignalingException(broken.Message, broken) : null;
            }
        }
    }
}
