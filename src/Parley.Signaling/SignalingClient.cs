using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Parley.Signaling;

/// <summary>
/// A peer in a room of a Parley server (docs/signaling.md). Joins once; a broken socket ends the events and every channel with a
/// <see cref="SignalingException"/>, and joining again is a new client with a new id. Safe from any thread.
/// </summary>
public sealed class SignalingClient : IAsyncDisposable
{
    private const int MaxMessageBytes = 512 * 1024;
    private const int MaxUnreadEvents = 1024;
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(2);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Channel<SignalingEvent> _events = System.Threading.Channels.Channel.CreateBounded<SignalingEvent>(
        new BoundedChannelOptions(MaxUnreadEvents) { SingleWriter = true });

    private readonly Dictionary<string, RemotePeer> _peers = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _incoming = new();
    private readonly ILogger _logger;
    private Task _reading = Task.CompletedTask;
    private int _disposed;

    private SignalingClient(ILoggerFactory? loggerFactory)
    {
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<SignalingClient>();
        _socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(5);
        _socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(10);
    }

    /// <summary>This peer's own id in the room.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The room's name.</summary>
    public string Room { get; private set; } = "";

    /// <summary>Who is in the room now, this peer not counted.</summary>
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
    /// <exception cref="SignalingException">The server cannot be reached, refuses, or the room is full (<see cref="SignalingException.Code"/>).</exception>
    public static async Task<SignalingClient> JoinAsync(
        Uri server, string room, string? name = null, ILoggerFactory? loggerFactory = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrEmpty(room);
        var client = new SignalingClient(loggerFactory);
        try
        {
            await client.ConnectAsync(Address(server, room, name), cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch (WebSocketException exception)
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw new SignalingException($"The server at {server} cannot be joined: {exception.Message}", exception);
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What happens in the room, beginning with a <see cref="PeerJoined"/> for each peer already there. Read it once.</summary>
    /// <param name="cancellationToken">Ends the reading, not the client.</param>
    /// <returns>Ends when this client is disposed.</returns>
    /// <exception cref="SignalingException">The socket broke, or the events were left unread.</exception>
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
        if (!await TryCloseOutputAsync().ConfigureAwait(false))
        {
            await _ending.CancelAsync().ConfigureAwait(false);
        }

        await _reading.ConfigureAwait(false);
        End(null);
        _socket.Dispose();
        _ending.Dispose();
    }

    internal async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A cancelled send tears the socket down, so once begun it is finished; a dead socket is found by its pings.
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or InvalidOperationException or ObjectDisposedException)
        {
            throw new SignalingException("The connection to the server is lost.", exception);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task<bool> TryCloseOutputAsync()
    {
        try
        {
            await _sending.WaitAsync(_ending.Token).ConfigureAwait(false);
            try
            {
                if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
                {
                    return false;
                }

                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _ending.Token).ConfigureAwait(false);
                return true;
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            return false;
        }
    }

    private static Uri Address(Uri server, string room, string? name)
    {
        string scheme = server.Scheme is "https" or "wss" ? "wss" : "ws";
        string query = string.IsNullOrEmpty(name) ? "" : "?name=" + Uri.EscapeDataString(name);
        return new Uri($"{scheme}://{server.Authority}/rooms/{Uri.EscapeDataString(room)}{query}");
    }

    private async Task ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
        while (Id.Length == 0)
        {
            if (!await ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new SignalingException("The server closed the connection.");
            }

            if (!SignalingJson.TryRead(_incoming.WrittenSpan, out ServerMessage? server, out _, out _))
            {
                continue;
            }

            switch (server)
            {
                case WelcomeMessage welcome:
                    Id = welcome.Id;
                    Room = welcome.Room;
                    foreach (PeerInfo peer in welcome.Peers)
                    {
                        Add(peer.Id, peer.Name, isPolite: true);
                    }

                    break;
                case ErrorMessage error:
                    throw new SignalingException(error.Message) { Code = error.Code };
            }
        }

        SignalingLog.Joined(_logger, Id);
        _reading = ReadAsync();
    }

    private async Task ReadAsync()
    {
        SignalingException? broken = null;
        try
        {
            while (await ReceiveAsync(_ending.Token).ConfigureAwait(false))
            {
                Take(_incoming.WrittenSpan);
            }

            broken = new SignalingException("The server closed the connection.");
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            broken = new SignalingException("The connection to the server is lost.", exception);
        }

        if (Volatile.Read(ref _disposed) != 0)
        {
            broken = null;
        }
        else
        {
            SignalingLog.Lost(_logger, Id);
        }

        End(broken);
    }

    // One whole message into _incoming; false when the server closes.
    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        _incoming.ResetWrittenCount();
        while (true)
        {
            ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(_incoming.GetMemory(8192), cancellationToken).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return false;
            }

            _incoming.Advance(received.Count);
            if (received.EndOfMessage)
            {
                return true;
            }

            if (_incoming.WrittenCount > MaxMessageBytes)
            {
                throw new WebSocketException(WebSocketError.HeaderError, "The server sends more than a message may hold.");
            }
        }
    }

    private void Take(ReadOnlySpan<byte> utf8)
    {
        if (!SignalingJson.TryRead(utf8, out ServerMessage? server, out string? from, out SignalingMessage? message))
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
                Tell(new ErrorReceived(error.Code, error.Message));
                break;
            case null:
                Find(from!)?.Take(message!);
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
        foreach (RemotePeer peer in Peers)
        {
            peer.End(broken);
        }

        _events.Writer.TryComplete(broken);
    }
}
