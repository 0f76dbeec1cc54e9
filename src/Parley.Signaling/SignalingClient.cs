using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Parley.Signaling;

/// <summary>
/// A peer in a room of a Parley server (docs/signaling.md). When it loses its connection to the server it comes back as the same peer:
/// calls go on, and what is sent to peers meanwhile arrives later. Events and channels end with a <see cref="SignalingException"/> only
/// when it may try no longer (<see cref="SignalingClientOptions.ReconnectTimeout"/>) or the server refuses it. Safe from any thread.
/// </summary>
public sealed partial class SignalingClient : IAsyncDisposable
{
    private const int MaxUnreadEvents = 1024;
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Channel<SignalingEvent> _events = System.Threading.Channels.Channel.CreateBounded<SignalingEvent>(
        new BoundedChannelOptions(MaxUnreadEvents) { SingleWriter = true });

    private readonly Dictionary<string, RemotePeer> _peers = new(StringComparer.Ordinal);
    private readonly SentMessages _sent = new();
    private readonly Uri _server;
    private readonly string _requestedRoom;
    private readonly SignalingClientOptions _options;
    private readonly ILogger _logger;
    private SignalingSocket? _socket;
    private SessionInfo? _session;
    private SignalingException? _over;
    private long _received;
    private Task _running = Task.CompletedTask;
    private int _disposed;

    private SignalingClient(Uri server, string room, SignalingClientOptions options)
    {
        _server = server;
        _requestedRoom = room;
        _options = options;
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<SignalingClient>();
    }

    /// <summary>This peer's own id in the room. It changes when a server that keeps no sessions is joined anew.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The room's name.</summary>
    public string Room { get; private set; } = "";

    /// <summary>Who is in the room now, this peer not counted; those who are away for a moment included.</summary>
    public IReadOnlyList<RemotePeer> Peers
    {
        get
        {
            lock (_peers)
            {
                return [.. _peers.Values];
            }
        }
    }

    /// <summary>Joins a room.</summary>
    /// <param name="server">The server, such as <c>http://127.0.0.1:5080</c>; <c>https</c>, <c>ws</c> and <c>wss</c> as well.</param>
    /// <param name="room">The room's name, 1 to 64 characters. It is made when it is not there.</param>
    /// <param name="name">What this peer calls itself, at most 64 characters; null for nothing.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <param name="cancellationToken">Gives up joining.</param>
    /// <exception cref="SignalingException">The server cannot be reached, refuses, or the room is full
    /// (<see cref="SignalingException.Code"/>).</exception>
    public static Task<SignalingClient> JoinAsync(
        Uri server, string room, string? name = null, ILoggerFactory? loggerFactory = null,
        CancellationToken cancellationToken = default) =>
        JoinAsync(server, room, new SignalingClientOptions { Name = name, LoggerFactory = loggerFactory }, cancellationToken);

    /// <summary>Joins a room.</summary>
    /// <param name="server">
    /// The server's address, such as <c>https://name/prefix/?tenant=7</c>. Its path is the prefix of a reverse proxy, and its query is
    /// kept; neither query nor user information appears in an error.
    /// </param>
    /// <param name="room">The room's name, 1 to 64 characters. It is made when it is not there.</param>
    /// <param name="options">How to join, and how to come back.</param>
    /// <param name="cancellationToken">Gives up joining.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a header cannot be sent.</exception>
    /// <exception cref="SignalingException">The server cannot be reached, refuses, or the room is full
    /// (<see cref="SignalingException.Code"/>).</exception>
    public static async Task<SignalingClient> JoinAsync(
        Uri server, string room, SignalingClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrEmpty(room);
        ArgumentNullException.ThrowIfNull(options);
        var client = new SignalingClient(server, room, options.Checked());
        try
        {
            await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SignalingException exception) when (exception.Code is null)
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw new SignalingException(
                $"The server at {RoomAddress.Printable(server)} cannot be joined: {exception.Message}", exception.InnerException
                    ?? exception);
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        client._running = client.RunAsync();
        return client;
    }

    /// <summary>What happens in the room, beginning with a <see cref="PeerJoined"/> for each peer already there. Read it once.</summary>
    /// <param name="cancellationToken">Ends the reading, not the client.</param>
    /// <returns>Ends when this client is disposed.</returns>
    /// <exception cref="SignalingException">The server is lost for good, or the events were left unread.</exception>
    public async IAsyncEnumerable<SignalingEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _events.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_events.Reader.TryRead(out SignalingEvent? happened))
            {
                yield return happened;
            }
        }
    }

    /// <summary>Leaves the room and closes the socket, within 2 seconds. Channels and events end. Any number of calls.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _ending.CancelAfter(ClosingTime);
        if (!await TryLeaveAsync().ConfigureAwait(false))
        {
            await _ending.CancelAsync().ConfigureAwait(false);
        }

        await _running.ConfigureAwait(false);
        End(null);
        _socket?.Dispose();
        _ending.Dispose();
    }

    // While the server is away the message is kept, and sent when it is there again.
    internal async ValueTask SendAsync(RemotePeer peer, Func<long, byte[]> write, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_over is { } over)
            {
                throw new SignalingException(over.Message, over);
            }

            byte[] message = write(peer.NextNumber);
            if (_session is not null && !Keep(peer.Id, message))
            {
                throw new SignalingException("Too many messages wait for the server.");
            }

            peer.NextNumber++;
            if (_socket is { } socket)
            {
                await socket.TrySendAsync(message).ConfigureAwait(false);
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private bool Keep(string peer, byte[] message)
    {
        lock (_sent)
        {
            return _sent.TryAdd(peer, message);
        }
    }

    // Only a peer that is connected can say that it leaves.
    private async Task<bool> TryLeaveAsync()
    {
        try
        {
            await _sending.WaitAsync(_ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            return _socket is { } socket && await socket.TryCloseOutputAsync(_ending.Token).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    // An exception that nothing here expects ends this client, and whoever reads its events learns of it.
    private async Task RunAsync()
    {
        try
        {
            await StayAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            SignalingLog.Failed(_logger, exception);
            End(new SignalingException("The client has failed. The log has why.", exception));
        }
    }

    private async Task StayAsync()
    {
        SignalingException? broken;
        do
        {
            broken = await ReadAsync(_socket!).ConfigureAwait(false);
            if (Volatile.Read(ref _disposed) != 0)
            {
                broken = null;
                break;
            }

            SignalingLog.Lost(_logger, Id);
            if (!broken.IsForGood && _options.ReconnectTimeout != TimeSpan.Zero)
            {
                Tell(new Reconnecting(broken.Message));
                broken = await ReconnectAsync().ConfigureAwait(false);
            }
        }
        while (broken is null && Volatile.Read(ref _disposed) == 0);

        End(Volatile.Read(ref _disposed) != 0 ? null : broken);
    }

    // Reads until the socket is of no use any more; returns why.
    private async Task<SignalingException> ReadAsync(SignalingSocket socket)
    {
        using var stopped = new CancellationTokenSource();
        Task beating = _session is null ? Task.CompletedTask : BeatAsync(socket, stopped.Token);
        SignalingException? flooded = null;
        try
        {
            while (await socket.ReceiveAsync(_ending.Token).ConfigureAwait(false))
            {
                Take(socket.Message, ref flooded);
            }

            return flooded ?? new SignalingException("The server closed the connection.");
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            return flooded ?? new SignalingException("The connection to the server is lost.", exception);
        }
        finally
        {
            await stopped.CancelAsync().ConfigureAwait(false);
            socket.Abort();
            await beating.ConfigureAwait(false);
        }
    }

    private void Take(ReadOnlySpan<byte> utf8, ref SignalingException? flooded)
    {
        bool isRead = SignalingJson.TryRead(
            utf8, out ServerMessage? server, out string? from, out long number, out SignalingMessage? message);
        if (server is PongMessage pong)
        {
            Taken(pong.Received);
            return;
        }

        _received++;
        if (!isRead)
        {
            SignalingLog.Unreadable(_logger, utf8.Length);
            return;
        }

        switch (server)
        {
            case PeerJoinedMessage joined:
                Add(joined.Id, joined.Name, isPolite: false);
                break;
            case PeerLeftMessage left:
                Remove(left.Id);
                break;
            case ErrorMessage error:
                SignalingLog.ServerError(_logger, error.Code);
                flooded = error.Code == SignalingErrorCodes.Flood
                    ? new SignalingException(error.Message) { Code = error.Code, IsForGood = true }
                    : flooded;
                Tell(new ErrorReceived(error.Code, error.Message));
                break;
            case null:
                Find(from!)?.Take(message!, number);
                break;
        }
    }

    private RemotePeer? Find(string id)
    {
        lock (_peers)
        {
            return _peers.GetValueOrDefault(id);
        }
    }

    private void Add(string id, string name, bool isPolite)
    {
        var peer = new RemotePeer(id, name, isPolite, this);
        lock (_peers)
        {
            if (!_peers.TryAdd(id, peer))
            {
                return;
            }
        }

        Tell(new PeerJoined(peer));
    }

    private void Remove(string id)
    {
        RemotePeer? peer;
        lock (_peers)
        {
            if (!_peers.Remove(id, out peer))
            {
                return;
            }
        }

        peer.End(null);
        Tell(new PeerLeft(peer));
    }

    private void Tell(SignalingEvent happened)
    {
        if (!_events.Writer.TryWrite(happened))
        {
            _events.Writer.TryComplete(new SignalingException("Too many events of the room were left unread."));
        }
    }

    private void End(SignalingException? broken)
    {
        _over = broken ?? new SignalingException("The client has left the room.");
        foreach (RemotePeer peer in Peers)
        {
            peer.End(broken);
        }

        _events.Writer.TryComplete(broken);
    }
}
