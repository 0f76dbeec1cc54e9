using Microsoft.Extensions.Logging;
using Parley.Signaling;

namespace Parley.Cli.Calls;

/// <summary>
/// One connection with one peer of the room, from the first offer to the hang-up. This side's media are added when it starts, or, if the
/// peer offers first, just before the answer, so that one round is enough.
/// </summary>
internal sealed class CallLeg : IAsyncDisposable
{
    private readonly HashSet<DtlsTransport> _watched = [];
    private readonly Action<CallLeg> _addMedia;
    private readonly Lock _starting = new();
    private bool _ended;

    public CallLeg(RemotePeer peer, CallSettings settings, Action<CallLeg> addMedia)
    {
        Peer = peer;
        _addMedia = addMedia;
        Connection = new PeerConnection(settings.Configuration, settings.Platform, settings.LoggerFactory);
        History = new CallHistory(Connection, settings.Clock);
        Hold = new CallHold(Connection);
        Connection.SignalingStateChanged += OnSignalingStateChanged;
        Negotiation = new PerfectNegotiation(Connection, peer.Channel, peer.IsPolite, settings.LoggerFactory);
    }

    /// <summary>The peer closed its connection; it may still be in the room.</summary>
    public event Action? HungUp;

    /// <summary>This side's media were added.</summary>
    public event Action? Started;

    public RemotePeer Peer { get; }

    public PeerConnection Connection { get; }

    public PerfectNegotiation Negotiation { get; }

    public CallHistory History { get; }

    public CallHold Hold { get; }

    /// <summary>Whether this side's media were added.</summary>
    public bool WasStarted { get; private set; }

    /// <summary>What the peer calls itself, or else the beginning of its id.</summary>
    public string PeerName => Peer.Name.Length > 0 ? Peer.Name : Peer.Id[..Math.Min(4, Peer.Id.Length)];

    /// <summary>Adds this side's media, which makes it offer. The second time it does nothing.</summary>
    public void Start()
    {
        var starts = false;

        // The peer's offer may come while this side starts by itself: its answer waits until the media are there.
        Connection.Batch(() =>
        {
            lock (_starting)
            {
                if (!WasStarted && Connection.SignalingState != SignalingState.Closed)
                {
                    starts = WasStarted = true;
                    _addMedia(this);
                }
            }
        });
        if (starts)
        {
            Started?.Invoke();
        }
    }

    /// <summary>Hangs up.</summary>
    public async ValueTask DisposeAsync()
    {
        _ended = true;
        await Negotiation.DisposeAsync();
        Hold.Dispose();
        await Connection.DisposeAsync();
    }

    private void OnSignalingStateChanged(object? sender, EventArgs e)
    {
        if (Connection.SignalingState == SignalingState.HaveRemoteOffer)
        {
            Start();
        }

        if (Connection.SignalingState == SignalingState.Stable)
        {
            WatchTransports();
        }
    }

    private void WatchTransports()
    {
        IEnumerable<DtlsTransport?> transports =
            [Connection.SctpTransport?.Transport, .. Connection.GetTransceivers().Select(each => each.Receiver.Transport)];
        foreach (DtlsTransport transport in transports.OfType<DtlsTransport>().Where(_watched.Add))
        {
            transport.StateChanged += (_, _) =>
            {
                if (transport.State == DtlsTransportState.Closed && !_ended && Connection.SignalingState != SignalingState.Closed)
                {
                    _ended = true;
                    HungUp?.Invoke();
                }
            };
        }
    }
}
