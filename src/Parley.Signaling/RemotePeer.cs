using System.Threading.Channels;

namespace Parley.Signaling;

/// <summary>Another peer in the room, and the way to it.</summary>
public sealed class RemotePeer
{
    // A peer sends some twenty messages to set up a call. Whoever lets a thousand lie does not read at all.
    private const int MaxUnread = 1024;

    private readonly Channel<SignalingMessage> _incoming =
        System.Threading.Channels.Channel.CreateBounded<SignalingMessage>(new BoundedChannelOptions(MaxUnread) { SingleWriter = true });

    private readonly PeerChannel _channel;
    private long _lastNumber;

    internal RemotePeer(string id, string name, bool isPolite, SignalingClient client)
    {
        Id = id;
        Name = name;
        IsPolite = isPolite;
        _channel = new PeerChannel(this, client);
    }

    /// <summary>The peer's id, for as long as it stays in the room.</summary>
    public string Id { get; }

    /// <summary>What the peer calls itself; a stranger's text, at most 64 characters.</summary>
    public string Name { get; }

    /// <summary>Whether this side is the polite one towards the peer: this side joined later.</summary>
    public bool IsPolite { get; }

    /// <summary>
    /// The way to the peer. Ends when the peer leaves. While the client is without its server, what is sent is kept; breaks when the client
    /// gives up.
    /// </summary>
    public ISignalingChannel Channel => _channel;

    /// <summary>The next message to the peer has this number, which begins at 1.</summary>
    internal long NextNumber { get; set; } = 1;

    // Number 0: of a client that does not number. A number that was there before: sent again, since the sender could not know that it had
    // arrived.
    internal void Take(SignalingMessage message, long number)
    {
        if (number > 0)
        {
            if (number <= _lastNumber)
            {
                return;
            }

            _lastNumber = number;
        }

        if (!_incoming.Writer.TryWrite(message))
        {
            _incoming.Writer.TryComplete(new SignalingException("Too many messages of the peer were left unread."));
        }
    }

    internal void Resume() => _channel.Resume();

    internal void End(SignalingException? error) => _incoming.Writer.TryComplete(error);

    private sealed class PeerChannel(RemotePeer peer, SignalingClient client) : IResumableChannel
    {
        public event EventHandler? Resumed;

        public void Resume() => Resumed?.Invoke(this, EventArgs.Empty);

        public ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(description);
            return client.SendAsync(peer, number => SignalingJson.Write(peer.Id, description, number), cancellationToken);
        }

        public ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default) =>
            client.SendAsync(peer, number => SignalingJson.Write(peer.Id, candidate, number), cancellationToken);

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
