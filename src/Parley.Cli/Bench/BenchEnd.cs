using Parley.Net;
using Parley.Signaling;

namespace Parley.Cli.Bench;

/// <summary>One end of a connection over loopback sockets.</summary>
internal sealed class BenchEnd : IAsyncDisposable
{
    private readonly ISignalingChannel _channel;
    private readonly bool _polite;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PerfectNegotiation? _negotiation;

    public BenchEnd(ISignalingChannel channel, bool polite, SharedUdpPort? port = null)
    {
        _channel = channel;
        _polite = polite;
        Connection = new PeerConnection(new PeerConnectionConfiguration { SharedPort = port }, Platform.Loopback);
        Connection.ConnectionStateChanged += (_, _) =>
        {
            switch (Connection.ConnectionState)
            {
                case PeerConnectionState.Connected:
                    _connected.TrySetResult();
                    break;
                case PeerConnectionState.Failed:
                    _connected.TrySetException(new CommandException("The connection failed."));
                    break;
            }
        };
    }

    public PeerConnection Connection { get; }

    /// <summary>Done when ICE and DTLS are through.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Done when the other side is gone.</summary>
    public Task ChannelEnded => _negotiation!.Completion;

    /// <summary>Begins to negotiate; before the first change to the connection.</summary>
    public void Begin() => _negotiation = new PerfectNegotiation(Connection, _channel, _polite);

    public async ValueTask DisposeAsync()
    {
        if (_negotiation is not null)
        {
            await _negotiation.DisposeAsync();
        }

        await Connection.DisposeAsync();
    }

    /// <summary>Waits for a channel to open.</summary>
    public static async Task OpenedAsync(DataChannel channel, CancellationToken cancellation)
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.Opened += (_, _) => opened.TrySetResult();
        if (channel.ReadyState == DataChannelState.Open)
        {
            return;
        }

        await opened.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellation);
    }
}
