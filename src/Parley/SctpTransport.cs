namespace Parley;

/// <summary>The SCTP association that carries a connection's data channels (webrtc-pc §6.1).</summary>
/// <remarks>RTCSctpTransport.</remarks>
public sealed class SctpTransport
{
    /// <summary>The largest message this side takes, as announced in its descriptions, in bytes (RFC 8841 §6).</summary>
    public const int LocalMaxMessageSize = 256 * 1024;

    /// <summary>What a peer that does not announce a size takes, in bytes (RFC 8841 §6).</summary>
    internal const long DefaultRemoteMaxMessageSize = 65_536;

    /// <summary>How much this side can send and buffer on a channel, in bytes.</summary>
    private const long SendBufferSize = 16 * 1024 * 1024;

    private readonly PeerConnection _connection;

    internal SctpTransport(PeerConnection connection, PeerTransport transport)
    {
        _connection = connection;
        Peer = transport;
    }

    /// <summary><see cref="State"/> changed.</summary>
    /// <remarks>statechange.</remarks>
    public event EventHandler? StateChanged;

    /// <summary>The transport that carries the association.</summary>
    public DtlsTransport Transport => Peer.Dtls;

    /// <summary>The association's state.</summary>
    public SctpTransportState State { get; private set; } = SctpTransportState.Connecting;

    /// <summary>
    /// The largest message that can be sent, in bytes; null before an answer. <see cref="long.MaxValue"/> stands for infinity.
    /// </summary>
    public long? MaxMessageSize { get; private set; }

    /// <summary>How many channels can be used at once; null before the association is up.</summary>
    public ushort? MaxChannels { get; private set; }

    internal PeerTransport Peer { get; set; }

    /// <summary>Which of the connection's associations it is; 0 before an answer.</summary>
    internal int Association { get; private set; }

    /// <summary>Whether an answer has started the association.</summary>
    internal bool WasStarted { get; set; }

    /// <summary>The INIT that this side has told the peer of in a description (draft-hancke-tsvwg-snap); null: none.</summary>
    internal byte[]? LocalInit { get; private set; }

    /// <summary>The INIT that the peer has told of; null: it comes in a packet.</summary>
    internal byte[]? RemoteInit { get; private set; }

    internal long? MaxBufferSize { get; private set; }

    /// <summary>"Update the data max message size"; null when the peer's attribute is missing.</summary>
    internal void UpdateMaxMessageSize(long? remote)
    {
        var remoteMaximum = remote ?? DefaultRemoteMaxMessageSize;
        MaxMessageSize = remoteMaximum == 0 ? SendBufferSize : Math.Min(remoteMaximum, SendBufferSize);
        MaxBufferSize = Math.Max(remoteMaximum, SendBufferSize);
    }

    /// <summary>
    /// The INITs of the descriptions that an association begins with. A peer that repeats this side's own knows nothing of them:
    /// libdatachannel 0.24.5 answers with the attributes that it does not know.
    /// </summary>
    internal Action Save()
    {
        var (peer, wasStarted, association, local, remote) = (Peer, WasStarted, Association, LocalInit, RemoteInit);
        var (size, buffer) = (MaxMessageSize, MaxBufferSize);
        return () =>
        {
            (Peer, WasStarted, Association, LocalInit, RemoteInit) = (peer, wasStarted, association, local, remote);
            (MaxMessageSize, MaxBufferSize) = (size, buffer);
        };
    }

    internal void BeginWith(int association, byte[]? local, byte[]? remote) =>
        (Association, LocalInit, RemoteInit) = (association, local, local.AsSpan().SequenceEqual(remote) ? null : remote);

    /// <summary>
    /// Whether a description of the peer's has another INIT than the one that the association began with. Without any it has no other.
    /// </summary>
    internal bool IsContradictedBy(byte[]? remote) =>
        remote is not null && !RemoteInit.AsSpan().SequenceEqual(remote) && !LocalInit.AsSpan().SequenceEqual(remote);

    /// <summary>The connected procedure's first steps; the caller announces the channels and raises the event.</summary>
    internal void SetConnected(ushort maxChannels)
    {
        State = SctpTransportState.Connected;
        MaxChannels = maxChannels;
    }

    internal void CloseWithConnection() => State = SctpTransportState.Closed;

    /// <summary>Sets the state to closed; false when it was.</summary>
    internal bool SetClosed()
    {
        var changed = State != SctpTransportState.Closed;
        State = SctpTransportState.Closed;
        return changed;
    }

    internal void RaiseStateChanged() => _connection.Queue.Raise(StateChanged, this);
}
