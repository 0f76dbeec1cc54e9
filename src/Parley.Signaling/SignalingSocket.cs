using System.Buffers;
using System.Net;
using System.Net.WebSockets;

namespace Parley.Signaling;

/// <summary>One WebSocket to the server, of the one or more that a client has in its life.</summary>
internal sealed class SignalingSocket : IDisposable
{
    private const int MaxMessageBytes = 512 * 1024;
    private const int UsualMessageBytes = 16 * 1024;

    private readonly ClientWebSocket _socket = new();
    private ArrayBufferWriter<byte> _incoming = new();
    private int _heard;

    private SignalingSocket(SignalingClientOptions options)
    {
        _socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(5);
        _socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(10);
        _socket.Options.CollectHttpResponseDetails = true;
        foreach ((string name, string value) in options.Headers)
        {
            _socket.Options.SetRequestHeader(name, value);
        }

        if (options.AccessToken is { Length: > 0 } token)
        {
            _socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        }
    }

    /// <summary>The message received last.</summary>
    public ReadOnlySpan<byte> Message => _incoming.WrittenSpan;

    /// <summary>Why the server closed; null when it did not, or gave no reason.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Opens a socket.</summary>
    /// <exception cref="SignalingException">The server cannot be reached or refuses; the message says nothing of the address.</exception>
    public static async Task<SignalingSocket> ConnectAsync(Uri address, SignalingClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new SignalingSocket(options);
        try
        {
            await socket._socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (WebSocketException exception)
        {
            HttpStatusCode status = socket._socket.HttpStatusCode;
            socket.Dispose();
            string why = status is 0 or HttpStatusCode.SwitchingProtocols ? exception.Message : $"it answers {(int)status} ({status}).";

            // Who asks without the right, asks in vain again.
            bool isForGood = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
            throw new SignalingException(why, exception) { IsForGood = isForGood };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether anything came since this was asked last.</summary>
    public bool TakeHeard() => Interlocked.Exchange(ref _heard, 0) != 0;

    /// <summary>Waits for one whole message; false when the server closes.</summary>
    /// <exception cref="WebSocketException">The socket broke.</exception>
    public async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_incoming.Capacity > UsualMessageBytes)
        {
            // One large message shall not hold its memory for the rest of the call.
            _incoming = new ArrayBufferWriter<byte>();
        }

        _incoming.ResetWrittenCount();
        while (true)
        {
            ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(
                _incoming.GetMemory(4096), cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _heard, 1);
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

    /// <summary>Sends one message. One at a time.</summary>
    /// <returns>False when the socket is broken; who reads from it notices.</returns>
    public async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            // A cancelled send tears the socket down, so once begun it is finished; a dead socket is found by its heartbeats.
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            _socket.Abort();
            return false;
        }
    }

    /// <summary>Says that this side is done. One at a time, and not beside a send.</summary>
    public async ValueTask<bool> TryCloseOutputAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            {
                return false;
            }

            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            return false;
        }
    }

    /// <summary>Gives the socket up. Whoever reads or sends gets an error.</summary>
    public void Abort() => _socket.Abort();

    public void Dispose() => _socket.Dispose();

    private static bool IsBroken(Exception exception) =>
        exception is WebSocketException or InvalidOperationException or IOException or OperationCanceledException;
}
