using Microsoft.Extensions.Logging;

namespace Parley.Signaling;

/// <summary>
/// Restarts ICE where a connection lost its path: when it is disconnected, once for each time that it was connected, when it failed, and
/// when signaling that was lost is there again, since what cut the one has often cut the other too. A connection that lives is left alone.
/// </summary>
internal sealed class IceRecovery : IDisposable
{
    private const int MaxAttempts = 3;

    private readonly PeerConnection _connection;
    private readonly IResumableChannel? _channel;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private int _attempts;
    private bool _wasConnected;
    private bool _wasResumed;

    public IceRecovery(PeerConnection connection, IResumableChannel? channel, ILogger logger)
    {
        _connection = connection;
        _channel = channel;
        _logger = logger;
        connection.ConnectionStateChanged += OnConnectionStateChanged;
        if (channel is not null)
        {
            channel.Resumed += OnResumed;
        }
    }

    public void Dispose()
    {
        _connection.ConnectionStateChanged -= OnConnectionStateChanged;
        if (_channel is not null)
        {
            _channel.Resumed -= OnResumed;
        }
    }

    private void OnConnectionStateChanged(object? sender, EventArgs e)
    {
        lock (_gate)
        {
            switch (_connection.ConnectionState)
            {
                case PeerConnectionState.Connected:
                    _attempts = 0;
                    _wasConnected = true;
                    return;
                case PeerConnectionState.Failed when _attempts < MaxAttempts:
                    _attempts++;
                    break;
                case PeerConnectionState.Disconnected when _wasConnected || _wasResumed:
                    // The peer may not follow to another pair (RFC 8445 §8.1.1 has one nomination), or none is left; or signaling was lost
                    // before the path's loss was noticed, which is the same loss. The old path is used as long as it works.
                    (_wasConnected, _wasResumed) = (false, false);
                    break;
                default:
                    return;
            }
        }

        Restart();
    }

    private void OnResumed(object? sender, EventArgs e)
    {
        lock (_gate)
        {
            _attempts = 0;
            _wasResumed = _connection.ConnectionState == PeerConnectionState.Connected;
            if (_connection.ConnectionState is not (PeerConnectionState.Disconnected or PeerConnectionState.Failed))
            {
                return;
            }
        }

        Restart();
    }

    private void Restart()
    {
        SignalingLog.RestartingIce(_logger, _connection.ConnectionState);
        try
        {
            _connection.RestartIce();
        }
        catch (RtcException)
        {
            // Closed meanwhile.
        }
    }
}
