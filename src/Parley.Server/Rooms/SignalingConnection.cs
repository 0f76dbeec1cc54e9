using System.Buffers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Parley.Signaling;

namespace Parley.Server;

/// <summary>One socket from its opening to its end: enters the room, relays what it says, leaves.</summary>
internal sealed class SignalingConnection : IDisposable
{
    // A message costs one token and one more for each 16 KiB; each read costs a little, so that empty fragments are not free.
    private const double TokensPerRead = 0.02;
    private const double BytesPerToken = 16 * 1024;
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly RoomDirectory _rooms;
    private readonly SignalingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Outbox _outbox;
    private readonly TokenBucket _bucket;
    private readonly Participant _self;
    private readonly ArrayBufferWriter<byte> _incoming = new();
    private readonly CancellationTokenSource _ending = new();
    private Room? _room;
    private string _whyOutside = SignalingErrorCodes.RoomFull;
    private bool _slowed;
    private int _closeStatus;

    public SignalingConnection(WebSocket socket, string peerName, RoomDirectory rooms, SignalingOptions options, TimeProvider time, ILogger logger)
    {
        _socket = socket;
        _rooms = rooms;
        _options = options;
        _time = time;
        _logger = logger;
        _outbox = new Outbox(options.OutgoingMessages, options.OutgoingBytes);
        _bucket = new TokenBucket(options.MessageBurst, options.MessagesPerSecond, time);
        _self = new Participant(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), peerName, _outbox);
    }

    /// <summary>Serves the socket until its peer closes it, vanishes, floods, reads too slowly, or the server stops.</summary>
    public async Task RunAsync(string roomName, CancellationToken stopping)
    {
        // A cancelled read tears the socket down, so a polite end is spoken by the pump while the read goes on.
        await using CancellationTokenRegistration stop = stopping.UnsafeRegister(
            static self => ((SignalingConnection)self!).End(WebSocketCloseStatus.EndpointUnavailable), this);
        using var cutOff = CancellationTokenSource.CreateLinkedTokenSource(_outbox.Overflowed, _ending.Token);
        Task pump = PumpAsync(cutOff.Token);
        Enter(roomName);
        try
        {
            WebSocketCloseStatus status = await ReadAsync(cutOff.Token).ConfigureAwait(false);
            Leave();
            End(status);
            await pump.ConfigureAwait(false);
            await DrainAsync(cutOff.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            if (_outbox.Overflowed.IsCancellationRequested)
            {
                ServerLog.SlowReader(_logger, _self.Id);
            }
            else
            {
                // The peer vanished: its network, or its pongs.
                ServerLog.PeerVanished(_logger, _self.Id);
            }
        }
        finally
        {
            Leave();
            await _ending.CancelAsync().ConfigureAwait(false);
            _socket.Abort();
            await pump.ConfigureAwait(false);
        }
    }

    public void Dispose() => _ending.Dispose();

    private void Enter(string roomName)
    {
        _room = _rooms.Enter(roomName, _self, out bool full);
        if (_room is not null)
        {
            ServerLog.PeerJoined(_logger, _self.Id);
            return;
        }

        _whyOutside = full ? SignalingErrorCodes.RoomFull : SignalingErrorCodes.ServerFull;
        SayOutside();
    }

    private void Leave()
    {
        if (_room is not null)
        {
            _rooms.Leave(_room, _self);
            _room = null;
            ServerLog.PeerLeft(_logger, _self.Id);
        }
    }

    private async Task<WebSocketCloseStatus> ReadAsync(CancellationToken cancellation)
    {
        bool tooLarge = false;
        while (true)
        {
            if (tooLarge)
            {
                _incoming.ResetWrittenCount();
            }

            // One byte more than allowed is asked for, so that "just full" and "too large" differ.
            int room = Math.Min(_options.MaxMessageBytes + 1 - _incoming.WrittenCount, 16 * 1024);
            Memory<byte> buffer = _incoming.GetMemory(room)[..room];
            ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return WebSocketCloseStatus.NormalClosure;
            }

            if (!tooLarge)
            {
                _incoming.Advance(received.Count);
                tooLarge = _incoming.WrittenCount > _options.MaxMessageBytes;
            }

            if (!await PayAsync(received, cancellation).ConfigureAwait(false))
            {
                return WebSocketCloseStatus.PolicyViolation;
            }

            if (received.EndOfMessage)
            {
                Take(received.MessageType, tooLarge);
                _incoming.ResetWrittenCount();
                tooLarge = false;
            }
        }
    }

    // Returns false when the peer has flooded long enough.
    private async ValueTask<bool> PayAsync(ValueWebSocketReceiveResult received, CancellationToken cancellation)
    {
        double cost = TokensPerRead + (received.Count / BytesPerToken) + (received.EndOfMessage ? 1 : 0);
        TimeSpan wait = _bucket.Take(cost);
        if (wait == TimeSpan.Zero)
        {
            _slowed = false;
            return true;
        }

        if (_bucket.SlowedFor > _options.FloodTolerance)
        {
            ServerLog.Flood(_logger, _self.Id);
            _self.Tell(new ErrorMessage(SignalingErrorCodes.Flood, "Too many messages for too long; goodbye."));
            return false;
        }

        if (!_slowed)
        {
            _slowed = true;
            _self.Tell(new ErrorMessage(SignalingErrorCodes.SlowDown, "Too many messages; the server now reads more slowly."));
        }

        await Task.Delay(wait, _time, cancellation).ConfigureAwait(false);
        return true;
    }

    private void Take(WebSocketMessageType type, bool tooLarge)
    {
        if (tooLarge)
        {
            _self.Tell(new ErrorMessage(SignalingErrorCodes.TooLarge, $"A message is at most {_options.MaxMessageBytes} bytes."));
        }
        else if (_room is null)
        {
            SayOutside();
        }
        else if (type != WebSocketMessageType.Text)
        {
            _self.Tell(new ErrorMessage(SignalingErrorCodes.NotJson, "A message is a text message, not a binary one."));
        }
        else if (!PeerMessage.TryAddress(_incoming.WrittenSpan, _self.Utf8Id.Span, out ReadOnlyMemory<byte> to, out ReadOnlyMemory<byte> relayed, out PeerMessageError error))
        {
            _self.Tell(error == PeerMessageError.NotJson
                ? new ErrorMessage(SignalingErrorCodes.NotJson, "A message is one JSON object.")
                : new ErrorMessage(SignalingErrorCodes.MissingField, "A message has a string \"to\", and a \"description\" or a \"candidate\"."));
        }
        else if (_room.Find(to.Span) is { } peer)
        {
            peer.Relay(relayed);
        }
        else
        {
            _self.Tell(new ErrorMessage(SignalingErrorCodes.UnknownPeer, "Nobody of that id is in the room."));
        }
    }

    private void SayOutside() => _self.Tell(_whyOutside == SignalingErrorCodes.RoomFull
        ? new ErrorMessage(SignalingErrorCodes.RoomFull, "The room is full. Connect again later.")
        : new ErrorMessage(SignalingErrorCodes.ServerFull, "The server has no place for another room. Connect again later."));

    // What was said last is still sent, then the close frame; all within a bounded time.
    private void End(WebSocketCloseStatus status)
    {
        Interlocked.CompareExchange(ref _closeStatus, (int)status, 0);
        _outbox.Complete();
        _ending.CancelAfter(ClosingTime);
    }

    private async Task PumpAsync(CancellationToken cancellation)
    {
        try
        {
            await _outbox.PumpAsync(_socket, cancellation).ConfigureAwait(false);
            await _socket.CloseOutputAsync((WebSocketCloseStatus)_closeStatus, null, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The reading side notices the same and ends the connection.
        }
    }

    // A connection closed over unread bytes is reset, and a reset can overtake the words of farewell.
    private async Task DrainAsync(CancellationToken cancellation)
    {
        Memory<byte> discarded = new byte[4096];
        while (_socket.State == WebSocketState.CloseSent)
        {
            await _socket.ReceiveAsync(discarded, cancellation).ConfigureAwait(false);
        }
    }
}
