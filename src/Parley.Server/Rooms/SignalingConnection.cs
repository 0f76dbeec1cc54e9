using System.Buffers;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Parley.Signaling;

namespace Parley.Server;

/// <summary>
/// One socket from its opening to its end: enters the room or takes up a session, relays what it says, leaves or waits to be followed by
/// another.
/// </summary>
internal sealed class SignalingConnection
{
    // A message costs one token and one more for each 16 KiB; each read costs a little, so that empty fragments are not free.
    private const double TokensPerRead = 0.02;
    private const double BytesPerToken = 16 * 1024;
    private const int UsualMessageBytes = 16 * 1024;
    private const int FirstPrivateCloseStatus = 4000;

    private readonly WebSocket _socket;
    private readonly SocketMeter _meter;
    private readonly RoomDirectory _rooms;
    private readonly SignalingOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ArrayBufferWriter<byte> _incoming = new();
    private Participant? _self;
    private string _whyOutside = SignalingErrorCodes.RoomFull;
    private bool _isInside;
    private bool _tooLarge;
    private int _closeStatus;
    private int _cutReason = -1;

    public SignalingConnection(WebSocket socket, SocketMeter meter, RoomDirectory rooms, SignalingOptions options, ILogger logger)
    {
        _socket = socket;
        _meter = meter;
        _rooms = rooms;
        _options = options;
        _logger = logger;
        meter.Follow(OnSlowed, CutOff);
    }

    /// <summary>How many bytes the buffer for what comes in holds.</summary>
    internal int BufferCapacity => _incoming.Capacity;

    /// <summary>Serves the socket until its peer closes it, vanishes, floods, reads too slowly, or the server stops.</summary>
    public async Task RunAsync(string room, string name, SessionRequest request, CancellationToken stopping)
    {
        // A cancelled read tears the socket down, so a polite end is spoken by the pump while the read goes on.
        await using CancellationTokenRegistration stop = stopping.UnsafeRegister(
            static self => ((SignalingConnection)self!).End(WebSocketCloseStatus.EndpointUnavailable), this);
        Task pump = Task.CompletedTask;
        bool comesBack = true;
        try
        {
            ResumeMessage? resume = request == SessionRequest.Resume ? await ReadResumeAsync().ConfigureAwait(false) : null;
            await EnterAsync(room, name, request, resume).ConfigureAwait(false);
            pump = PumpAsync(_self!);
            WebSocketCloseStatus status = await ReadAsync().ConfigureAwait(false);
            comesBack = (int?)_socket.CloseStatus >= FirstPrivateCloseStatus;
            if (!comesBack)
            {
                // Leaving completes the outbox, and the pump then asks for the status of the close frame.
                Interlocked.CompareExchange(ref _closeStatus, (int)status, 0);
            }

            Leave(comesBack);
            if (!comesBack)
            {
                End(status);
                await pump.ConfigureAwait(false);
                await DrainAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // The peer vanished: its network, or its pongs. Or it was cut off, or has another socket now.
            ServerLog.PeerVanished(_logger, _self?.Id ?? "");
        }
        finally
        {
            Leave(comesBack && _cutReason is -1 or (int)CutReason.WriteTimeout && !stopping.IsCancellationRequested);
            await _ending.CancelAsync().ConfigureAwait(false);
            _socket.Abort();
            await pump.ConfigureAwait(false);
            if (!_isInside)
            {
                _self?.Outbox.Discard();
            }

            _ended.TrySetResult();
        }
    }

    /// <summary>Gives the peer up. Any thread.</summary>
    public void CutOff(CutReason reason)
    {
        if (Interlocked.CompareExchange(ref _cutReason, (int)reason, -1) != -1)
        {
            return;
        }

        ServerLog.Cut(_logger, _self?.Id ?? "", reason);
        ServerMeter.Count(reason);
        if (reason == CutReason.Flood)
        {
            _self?.Tell(new ErrorMessage(SignalingErrorCodes.Flood, "Too many messages for too long; goodbye."));
            End(WebSocketCloseStatus.PolicyViolation);
        }
        else
        {
            _ = _ending.CancelAsync();
        }
    }

    private void OnSlowed() =>
        _self?.Tell(new ErrorMessage(SignalingErrorCodes.SlowDown, "Too many messages; the server now reads more slowly."));

    // Who says nothing, or something else, is a newcomer.
    private async Task<ResumeMessage?> ReadResumeAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        limit.CancelAfter(_options.ResumeTime);
        WebSocketMessageType type = await ReadMessageAsync(limit.Token).ConfigureAwait(false);
        return type == WebSocketMessageType.Text && !_tooLarge && SignalingJson.TryRead(_incoming.WrittenSpan, out ClientMessage? message)
            ? message as ResumeMessage
            : null;
    }

    private async Task EnterAsync(string room, string name, SessionRequest request, ResumeMessage? resume)
    {
        bool keepsSession = request != SessionRequest.None && _options.ResumeGrace > TimeSpan.Zero;
        string? token = SessionToken.IsValid(resume?.Token) ? resume!.Token : SessionToken.Create();
        string id = SessionToken.IdOf(room, token);
        if (resume is not null && keepsSession && _rooms.Attach(room, id, this, out SignalingConnection? displaced) is { } back)
        {
            if (await TryResumeAsync(back, displaced, resume, room).ConfigureAwait(false))
            {
                return;
            }

            // What the peer lacks is not there any more, so the others shall begin anew with it.
            _rooms.Leave(back, this);
            back.Outbox.Discard();
        }

        string[] known = [.. (resume?.Peers ?? []).Where(static peer => peer is { Length: > 0 and <= 64 })];
        _self = _rooms.Create(keepsSession ? id : SessionToken.CreateId(), name, keepsSession ? token : null);
        _isInside = _rooms.Enter(room, _self, this, keepsSession ? known : [], out bool full);
        if (_isInside)
        {
            ServerLog.PeerJoined(_logger, _self.Id);
            return;
        }

        _whyOutside = full ? SignalingErrorCodes.RoomFull : SignalingErrorCodes.ServerFull;
        SayOutside(_self);
    }

    private async Task<bool> TryResumeAsync(Participant back, SignalingConnection? displaced, ResumeMessage resume, string room)
    {
        (_self, _isInside) = (back, true);
        if (displaced is not null)
        {
            // Two sockets must not send out of one outbox at once.
            await displaced._ending.CancelAsync().ConfigureAwait(false);
            await displaced._ended.Task.WaitAsync(_ending.Token).ConfigureAwait(false);
        }

        _ending.Token.ThrowIfCancellationRequested();
        if (!back.Outbox.TryResume(resume.Received))
        {
            _isInside = false;
            return false;
        }

        back.TellUncounted(
            new WelcomeMessage(
                back.Id, room, [], new SessionInfo(back.Token!, _options.ResumeGrace.TotalSeconds, back.Taken, Resumed: true)));
        ServerLog.PeerResumed(_logger, back.Id);
        return true;
    }

    private void Leave(bool comesBack)
    {
        if (!_isInside || _self is not { } self)
        {
            return;
        }

        if (comesBack && self.Token is not null)
        {
            _rooms.Detach(self, this);
        }
        else
        {
            _rooms.Leave(self, this);
        }
    }

    private async Task<WebSocketCloseStatus> ReadAsync()
    {
        while (true)
        {
            WebSocketMessageType type = await ReadMessageAsync(_ending.Token).ConfigureAwait(false);
            if (_cutReason == (int)CutReason.Flood)
            {
                return WebSocketCloseStatus.PolicyViolation;
            }

            if (type == WebSocketMessageType.Close)
            {
                return WebSocketCloseStatus.NormalClosure;
            }

            Take(_self!, type);
        }
    }

    // One whole message into _incoming; or, when it is too large, as much as it takes to know that.
    private async ValueTask<WebSocketMessageType> ReadMessageAsync(CancellationToken cancellation)
    {
        if (_incoming.Capacity > UsualMessageBytes)
        {
            // One large message shall not hold its memory for as long as its peer stays.
            _incoming = new ArrayBufferWriter<byte>();
        }

        _incoming.ResetWrittenCount();
        _tooLarge = false;
        while (true)
        {
            if (_tooLarge)
            {
                _incoming.ResetWrittenCount();
            }

            // One byte more than allowed is asked for, so that "just full" and "too large" differ.
            int room = Math.Min(_options.MaxMessageBytes + 1 - _incoming.WrittenCount, _incoming.WrittenCount == 0 ? 4 * 1024 : 16 * 1024);
            Memory<byte> buffer = _incoming.GetMemory(room)[..room];
            ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return received.MessageType;
            }

            if (!_tooLarge)
            {
                _incoming.Advance(received.Count);
                _tooLarge = _incoming.WrittenCount > _options.MaxMessageBytes;
            }

            double cost = TokensPerRead + (received.Count / BytesPerToken) + (received.EndOfMessage ? 1 : 0);
            if (!await _meter.PayAsync(cost, cancellation).ConfigureAwait(false) || received.EndOfMessage)
            {
                return received.MessageType;
            }
        }
    }

    private void Take(Participant self, WebSocketMessageType type)
    {
        if (_tooLarge)
        {
            self.Tell(new ErrorMessage(SignalingErrorCodes.TooLarge, $"A message is at most {_options.MaxMessageBytes} bytes."));
        }
        else if (!_isInside)
        {
            SayOutside(self);
        }
        else if (type != WebSocketMessageType.Text)
        {
            self.Tell(new ErrorMessage(SignalingErrorCodes.NotJson, "A message is a text message, not a binary one."));
        }
        else if (!PeerMessage.TryAddress(
            _incoming.WrittenSpan,
            self.Utf8Id.Span,
            out ReadOnlyMemory<byte> to,
            out ReadOnlyMemory<byte> relayed,
            out PeerMessageError error))
        {
            if (error == PeerMessageError.MissingField
                && self.Token is not null
                && SignalingJson.TryRead(_incoming.WrittenSpan, out ClientMessage? message))
            {
                Answer(self, message);
                return;
            }

            self.Tell(error == PeerMessageError.NotJson
                ? new ErrorMessage(SignalingErrorCodes.NotJson, "A message is one JSON object.")
                : new ErrorMessage(
                    SignalingErrorCodes.MissingField, "A message has a string \"to\", and a \"description\" or a \"candidate\"."));
        }
        else if (self.Room?.Find(to.Span) is { } peer)
        {
            peer.Relay(relayed);
        }
        else
        {
            self.Tell(new ErrorMessage(SignalingErrorCodes.UnknownPeer, "Nobody of that id is in the room."));
        }

        self.Taken++;
    }

    // What a member says to the server itself is not counted. A session is resumed by the first message alone.
    private static void Answer(Participant self, ClientMessage message)
    {
        if (message is PingMessage ping)
        {
            self.Outbox.Acknowledge(ping.Received);
            self.TellUncounted(new PongMessage(self.Taken));
        }
    }

    private void SayOutside(Participant self) => self.Tell(_whyOutside == SignalingErrorCodes.RoomFull
        ? new ErrorMessage(SignalingErrorCodes.RoomFull, "The room is full. Connect again later.")
        : new ErrorMessage(SignalingErrorCodes.ServerFull, "The server has no place for another room. Connect again later."));

    // What was said last is still sent, then the close frame; all within a bounded time.
    private void End(WebSocketCloseStatus status)
    {
        Interlocked.CompareExchange(ref _closeStatus, (int)status, 0);
        _self?.Outbox.Complete();
        _ending.CancelAfter(_options.ClosingTime);
    }

    private async Task PumpAsync(Participant self)
    {
        try
        {
            await self.Outbox.PumpAsync(_socket, _ending.Token).ConfigureAwait(false);
            if (_closeStatus != 0)
            {
                await _socket.CloseOutputAsync((WebSocketCloseStatus)_closeStatus, null, _ending.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // The reading side notices the same and ends the connection.
        }
    }

    // A connection closed over unread bytes is reset, and a reset can overtake the words of farewell.
    private async Task DrainAsync()
    {
        Memory<byte> discarded = new byte[4096];
        while (_socket.State == WebSocketState.CloseSent)
        {
            await _socket.ReceiveAsync(discarded, _ending.Token).ConfigureAwait(false);
        }
    }
}
