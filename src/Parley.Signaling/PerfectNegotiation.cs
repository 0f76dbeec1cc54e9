using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Parley.Signaling;

/// <summary>
/// The specification's perfect negotiation (webrtc-pc §10.7): both sides change the call whenever they like, this sends the
/// descriptions and candidates, takes the peer's, and when two offers cross, the polite side gives way.
/// </summary>
/// <remarks>
/// <para>
/// Make it after the connection and before the first change to it. From then on neither side calls the description methods itself:
/// change tracks, directions and channels, and the rest follows.
/// </para>
/// <para>
/// It restarts ICE when a path that worked is lost, when the connection has failed, up to three times without success, and when a
/// <see cref="IResumableChannel"/> has its way to the peer again and the connection lost its own.
/// </para>
/// <para>
/// It runs on the synchronization context that is current when it is made, which shall be the connection's. Without one, events come
/// on the connection's queue and completions elsewhere; then a lock and three rules keep the order that JavaScript gets from its single
/// thread: candidates wait until the description they belong to is sent, a negotiation asked for while an offer is being answered waits for
/// the answer, and an offer that gives way is sent before the other is taken.
/// </para>
/// </remarks>
public sealed class PerfectNegotiation : IAsyncDisposable
{
    private readonly PeerConnection _connection;
    private readonly ISignalingChannel _channel;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly Queue<IceCandidateInit?> _candidates = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _lastSent = "";
    private Task _sending = Task.CompletedTask;
    private Task _offering = Task.CompletedTask;
    private bool _makingOffer;
    private bool _answering;
    private bool _negotiateAfterAnswer;
    private bool _ignoreOffer;
    private readonly IceRecovery _recovery;
    private int _disposed;

    /// <summary>Begins to negotiate.</summary>
    /// <param name="connection">The connection; it stays the caller's to close.</param>
    /// <param name="channel">The way to the peer; messages are read from now on.</param>
    /// <param name="polite">Whether this side gives way; of two peers in a room, the one who joined later
    /// (<see cref="RemotePeer.IsPolite"/>).</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    public PerfectNegotiation(PeerConnection connection, ISignalingChannel channel, bool polite, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(channel);
        _connection = connection;
        _channel = channel;
        IsPolite = polite;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<PerfectNegotiation>();
        connection.NegotiationNeeded += OnNegotiationNeeded;
        connection.IceCandidateGathered += OnCandidateGathered;
        _recovery = new IceRecovery(connection, channel as IResumableChannel, _logger);
        _ = ReceiveAsync();
    }

    /// <summary>
    /// A step failed: a description or candidate of the peer was not acceptable, or the channel broke. Negotiation goes on where it can.
    /// </summary>
    public event EventHandler<NegotiationErrorEventArgs>? Failed;

    /// <summary>Whether this side gives way when offers cross.</summary>
    public bool IsPolite { get; }

    /// <summary>How often offers crossed.</summary>
    public int Collisions { get; private set; }

    /// <summary>Done when the channel has ended or broken, or this was disposed. Never faulted.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Stops listening to the connection and to the channel. Closes neither. Any number of calls.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _connection.NegotiationNeeded -= OnNegotiationNeeded;
            _connection.IceCandidateGathered -= OnCandidateGathered;
            _recovery.Dispose();
            _ending.Cancel();

            // A step under way on a connection that is closed never completes (webrtc-pc §4.4.1.2), so it is not waited for.
            _completion.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    private void OnNegotiationNeeded(object? sender, EventArgs e)
    {
        lock (_gate)
        {
            if (_answering)
            {
                _negotiateAfterAnswer = true;
                return;
            }

            StartOffer();
        }
    }

    // With the gate held: the offer is chained before anything else can be.
    private void StartOffer()
    {
        _makingOffer = true;
        _offering = OfferAsync(_connection.SetLocalDescriptionAsync());
    }

    private async Task OfferAsync(Task offer)
    {
        try
        {
            await offer;
            SendDescription();
        }
        catch (Exception exception)
        {
            Report(exception);
        }
        finally
        {
            lock (_gate)
            {
                _makingOffer = false;
                ReleaseCandidates();
            }
        }
    }

    private void OnCandidateGathered(object? sender, IceCandidateEventArgs e)
    {
        // The end of one generation, "", says nothing that the null at the end of gathering does not say.
        if (e.Candidate is { Candidate: "" })
        {
            return;
        }

        IceCandidateInit? candidate = e.Candidate?.ToInit();
        lock (_gate)
        {
            if ((_makingOffer || _answering) && !IsOfLastDescription(candidate))
            {
                _candidates.Enqueue(candidate);
            }
            else
            {
                SendCandidate(candidate);
            }
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                // That this was disposed is how most calls end: no exception is thrown for it.
                Task<SignalingMessage?> next = _channel.ReceiveAsync(_ending.Token).AsTask();
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
                if ((next.IsCanceled && _ending.IsCancellationRequested) || await next is not { } message)
                {
                    break;
                }

                await TakeAsync(message);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // Disposed.
        }
        catch (Exception exception)
        {
            Report(exception);
        }

        _completion.TrySetResult();
    }

    // One message at a time: while an answer is being set no other message is looked at, so the pattern's isSettingRemoteAnswerPending
    // has nothing to say here.
    private async Task TakeAsync(SignalingMessage message)
    {
        try
        {
            if (message.Description is not { } description)
            {
                await TakeCandidateAsync(message.Candidate);
            }
            else if (description.Type == SdpType.Offer)
            {
                await TakeOfferAsync(description);
            }
            else
            {
                _ignoreOffer = false;
                await _connection.SetRemoteDescriptionAsync(description);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Report(exception);
        }
    }

    private async Task TakeOfferAsync(SessionDescription offer)
    {
        Task own;
        lock (_gate)
        {
            bool collision = _makingOffer || _connection.SignalingState != SignalingState.Stable;
            _ignoreOffer = !IsPolite && collision;
            if (collision)
            {
                Collisions++;
                SignalingLog.OffersCrossed(_logger, IsPolite);
            }

            if (_ignoreOffer)
            {
                return;
            }

            _answering = true;
            own = _offering;
        }

        try
        {
            // Our own offer, though it gives way, goes out first: the peer knows by it which candidates to ignore.
            await own;

            // Rolls back our own offer when there is one.
            await _connection.SetRemoteDescriptionAsync(offer);
            await _connection.SetLocalDescriptionAsync();
            SendDescription();
        }
        finally
        {
            lock (_gate)
            {
                _answering = false;
                ReleaseCandidates();
                if (_negotiateAfterAnswer)
                {
                    _negotiateAfterAnswer = false;
                    StartOffer();
                }
            }
        }
    }

    private async Task TakeCandidateAsync(IceCandidateInit? candidate)
    {
        try
        {
            await _connection.AddIceCandidateAsync(candidate);
        }
        catch (RtcException) when (_ignoreOffer)
        {
            // A candidate of an offer that was ignored has nowhere to go.
        }
    }

    // Handed over, not waited for: by the time a slow channel is done, the peer may have answered.
    private void SendDescription()
    {
        if (_connection.LocalDescription is { } description)
        {
            lock (_gate)
            {
                _lastSent = description.Sdp;
                _sending = SendAfterAsync(_sending, cancellation => _channel.SendAsync(description, cancellation));
            }
        }
    }

    // With the gate held, when the description that candidates waited for is sent. Those that are not of it are of one that was rolled
    // back.
    private void ReleaseCandidates()
    {
        while (_candidates.TryDequeue(out IceCandidateInit? candidate))
        {
            if (candidate is null || IsOfLastDescription(candidate))
            {
                SendCandidate(candidate);
            }
        }
    }

    private void SendCandidate(IceCandidateInit? candidate) =>
        _sending = SendAfterAsync(_sending, cancellation => _channel.SendAsync(candidate, cancellation));

    private bool IsOfLastDescription(IceCandidateInit? candidate) =>
        candidate?.UsernameFragment is { } fragment && _lastSent.Contains($"a=ice-ufrag:{fragment}\r\n", StringComparison.Ordinal);

    // One after the other, in the order they were asked for; one that fails is reported and does not stop the next.
    private async Task SendAfterAsync(Task previous, Func<CancellationToken, ValueTask> send)
    {
        await previous;
        try
        {
            await send(_ending.Token);
        }
        catch (Exception exception)
        {
            Report(exception);
        }
    }

    private void Report(Exception exception)
    {
        if (_ending.IsCancellationRequested || _connection.SignalingState == SignalingState.Closed)
        {
            return;
        }

        SignalingLog.NegotiationFailed(_logger, exception);
        foreach (var handler in Delegate.EnumerateInvocationList(Failed))
        {
            try
            {
                handler(this, new NegotiationErrorEventArgs(exception));
            }
            catch (Exception error)
            {
                SignalingLog.HandlerFailed(_logger, error);
            }
        }
    }
}
