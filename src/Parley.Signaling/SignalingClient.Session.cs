using System.Net.WebSockets;

namespace Parley.Signaling;

/// <summary>Joining, heartbeats, and coming back.</summary>
public sealed partial class SignalingClient
{
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        SignalingSocket socket = await SignalingSocket.ConnectAsync(
            RoomAddress.Of(_server, _requestedRoom, _options.Name, "new"), _options, cancellationToken).ConfigureAwait(false);
        _socket = socket;
        WelcomeMessage welcome = await WelcomeAsync(socket, cancellationToken).ConfigureAwait(false);
        (Id, Room, _session) = (welcome.Id, welcome.Room, welcome.Session);
        foreach (PeerInfo peer in welcome.Peers)
        {
            Add(peer.Id, peer.Name, isPolite: true);
        }

        SignalingLog.Joined(_logger, Id);
    }

    private static async Task<WelcomeMessage> WelcomeAsync(SignalingSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            while (await socket.ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                _ = SignalingJson.TryRead(socket.Message, out ServerMessage? server, out _, out _);
                switch (server)
                {
                    case WelcomeMessage welcome:
                        return welcome;
                    case ErrorMessage error:
                        throw new SignalingException(error.Message) { Code = error.Code };
                }
            }
        }
        catch (WebSocketException exception)
        {
            throw new SignalingException(exception.Message, exception);
        }

        throw new SignalingException("The server closed the connection.");
    }

    // A half-open connection looks like a silent one: only an answer that does not come tells them apart. Ticks that a process without
    // processor time missed come as one, so that it asks again before it gives up.
    private async Task BeatAsync(SignalingSocket socket, CancellationToken stopped)
    {
        using var ticks = new PeriodicTimer(_options.HeartbeatInterval, _options.TimeProvider);
        int missed = 0;
        try
        {
            while (await ticks.WaitForNextTickAsync(stopped).ConfigureAwait(false))
            {
                missed = socket.TakeHeard() ? 0 : missed + 1;
                if (missed >= _options.MissedHeartbeats)
                {
                    socket.Abort();
                    return;
                }

                // Not waited for: behind a send that does not end, the beat goes on.
                _ = PingAsync(socket);
            }
        }
        catch (OperationCanceledException)
        {
            // The socket is given up.
        }
    }

    private async Task PingAsync(SignalingSocket socket)
    {
        if (!await _sending.WaitAsync(TimeSpan.Zero).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            await socket.TrySendAsync(SignalingJson.Write(new PingMessage(Volatile.Read(ref _received)))).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    // The server's word of what it took, which the sending side must not overlook while it adds more.
    private void Taken(long count)
    {
        lock (_sent)
        {
            _sent.Taken(count);
        }
    }

    // Tries until it is in the room again; returns why it gave up, or null.
    private async Task<SignalingException?> ReconnectAsync()
    {
        var backoff = new Backoff(_options.ReconnectDelay, _options.MaxReconnectDelay, Random.Shared.NextDouble);
        long began = _options.TimeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                await Task.Delay(backoff.Next(), _options.TimeProvider, _ending.Token).ConfigureAwait(false);
                await ComeBackAsync().ConfigureAwait(false);
                return null;
            }
            catch (OperationCanceledException) when (_ending.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception exception) when (exception is SignalingException or OperationCanceledException)
            {
                string reason = exception is SignalingException ? exception.Message : "the server does not answer.";
                SignalingLog.ReconnectFailed(_logger, reason);
                bool isLate = _options.ReconnectTimeout != Timeout.InfiniteTimeSpan
                    && _options.TimeProvider.GetElapsedTime(began) >= _options.ReconnectTimeout;
                if (isLate || exception is SignalingException { IsForGood: true })
                {
                    return new SignalingException($"The connection to the server is lost: {reason}", exception);
                }
            }
        }
    }

    private async Task ComeBackAsync()
    {
        using var limit = new CancellationTokenSource(_options.ConnectTimeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);
        string[] known = [.. Peers.Select(peer => peer.Id)];
        Uri address = RoomAddress.Of(_server, _requestedRoom, _options.Name, _session is null ? "new" : "resume");
        SignalingSocket socket = await SignalingSocket.ConnectAsync(address, _options, either.Token).ConfigureAwait(false);
        try
        {
            if (_session is { } session)
            {
                await socket.TrySendAsync(SignalingJson.Write(new ResumeMessage(session.Token, _received, known))).ConfigureAwait(false);
            }

            WelcomeMessage welcome = await WelcomeAsync(socket, either.Token).ConfigureAwait(false);
            await ResumeAsync(socket, welcome, known).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Nothing is sent between what waited and what comes now.
    private async Task ResumeAsync(SignalingSocket socket, WelcomeMessage welcome, string[] known)
    {
        bool isResumed = welcome.Session?.Resumed == true;
        await _sending.WaitAsync(_ending.Token).ConfigureAwait(false);
        try
        {
            (SignalingSocket? old, _socket, _session) = (_socket, socket, welcome.Session);
            old?.Dispose();
            IReadOnlyList<ReadOnlyMemory<byte>> waiting;
            if (isResumed)
            {
                Taken(welcome.Session!.Received);
                lock (_sent)
                {
                    waiting = _sent.Unsent();
                }
            }
            else
            {
                (Id, Room, _received) = (welcome.Id, welcome.Room, 0);
                Meet(welcome, known);
                lock (_sent)
                {
                    waiting = _sent.Restart(id => Find(id) is { NextNumber: > 1 });
                }
            }

            foreach (ReadOnlyMemory<byte> message in waiting)
            {
                await socket.TrySendAsync(message).ConfigureAwait(false);
            }
        }
        finally
        {
            _sending.Release();
        }

        SignalingLog.Reconnected(_logger, Id, isResumed);
        Tell(new Reconnected(isResumed));
        foreach (RemotePeer peer in Peers)
        {
            peer.Resume();
        }
    }

    // A session that begins anew: who of the known ones knows this peer too is kept, and who has not come back yet is waited for by the
    // server.
    private void Meet(WelcomeMessage welcome, string[] known)
    {
        foreach (string id in known)
        {
            PeerInfo? there = welcome.Peers.FirstOrDefault(peer => peer.Id == id);
            if (welcome.Session is null || there is { Kept: false })
            {
                Remove(id);
            }
        }

        foreach (PeerInfo peer in welcome.Peers)
        {
            Add(peer.Id, peer.Name, isPolite: true);
        }
    }
}
