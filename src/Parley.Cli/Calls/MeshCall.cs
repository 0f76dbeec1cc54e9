using Parley.Signaling;

namespace Parley.Cli.Calls;

/// <summary>A call with everyone in a room, one connection each. All of it runs on the pump.</summary>
internal sealed class MeshCall(SignalingClient client, CallSettings settings, CallOptions options, Action<string> tell) : IAsyncDisposable
{
    // Two that would begin at once would only cross each other: who came later calls, the other when nothing comes.
    private static readonly TimeSpan OfferAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, CallPeer> _peers = [];
    private readonly List<PeerReport> _ended = [];
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Those who are talked to now, in the order they came.</summary>
    public IReadOnlyList<CallPeer> Peers => [.. _peers.Values];

    /// <summary>Whether all are on hold.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Whether nobody hears this side.</summary>
    public bool IsMuted { get; private set; }

    /// <summary>Talks to everyone who is there and comes, until it is cancelled.</summary>
    /// <exception cref="SignalingException">The room is lost for good: the server refuses to let this side come back.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (SignalingEvent happened in client.ReadEventsAsync(cancellation))
        {
            switch (happened)
            {
                case PeerJoined { Peer: var peer }:
                    Open(peer, mayOffer: true);
                    tell($"{_peers[peer.Id].Leg.PeerName} is here");
                    break;
                case PeerLeft { Peer: var peer } when _peers.Remove(peer.Id, out CallPeer? call):
                    tell($"{call.Leg.PeerName} left");
                    await EndAsync(call);
                    break;
                case ErrorReceived error:
                    tell($"The server says: {error.Message}");
                    break;
                case Reconnecting lost:
                    tell($"{lost.Reason} Reconnecting; calls go on.");
                    break;
                case Reconnected:
                    tell("Connected to the server again.");
                    break;
            }
        }
    }

    public void Hold(bool held)
    {
        IsHeld = held;
        foreach (CallPeer peer in Peers)
        {
            _ = held ? peer.Leg.Hold.HoldAsync() : peer.Leg.Hold.ResumeAsync();
        }
    }

    public void Mute(bool muted)
    {
        IsMuted = muted;
        if (options.Audio is { } audio)
        {
            audio.Track.Enabled = !muted;
        }
    }

    public void Say(string text)
    {
        foreach (CallPeer peer in Peers)
        {
            peer.Say(text);
        }
    }

    /// <summary>What there is to tell of everyone, who left first.</summary>
    public async Task<CallReport> ReportAsync(string name)
    {
        PeerReport[] present =
            await Task.WhenAll(Peers.Where(HasSomethingToTell).Select(async peer => peer.Final ?? await peer.ReportAsync()));
        return new CallReport(client.Room, client.Id, name, settings.Clock.Started, settings.Clock.Seconds, [.. _ended, .. present]);
    }

    /// <summary>Hangs up on everyone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(Peers.Select(peer => peer.DisposeAsync().AsTask()));
    }

    private void Open(RemotePeer peer, bool mayOffer)
    {
        var call = new CallPeer(peer, settings, options, tell);
        _peers[peer.Id] = call;
        call.Leg.Started += () => _ = IsHeld ? call.Leg.Hold.HoldAsync() : Task.CompletedTask;
        call.Leg.HungUp += () => _ = RenewAsync(call);
        if (mayOffer)
        {
            _ = OfferAsync(call);
        }
    }

    private async Task OfferAsync(CallPeer call)
    {
        try
        {
            if (!call.Leg.Peer.IsPolite)
            {
                await Task.Delay(OfferAfter, _ending.Token);
            }

            call.Leg.Start();
        }
        catch (OperationCanceledException)
        {
            // Over before it began.
        }
    }

    // Who hung up and stays in the room may call again.
    private async Task RenewAsync(CallPeer call)
    {
        if (_peers.GetValueOrDefault(call.Leg.Peer.Id) == call)
        {
            tell($"{call.Leg.PeerName} hung up");
            Task ended = EndAsync(call);
            Open(call.Leg.Peer, mayOffer: false);
            await ended;
        }
    }

    private async Task EndAsync(CallPeer call)
    {
        await call.DisposeAsync();
        if (HasSomethingToTell(call))
        {
            _ended.Add(call.Final!);
        }
    }

    // A connection that waits for one who hung up tells nothing.
    private bool HasSomethingToTell(CallPeer peer) => peer.Leg.WasStarted || _ended.All(each => each.Id != peer.Leg.Peer.Id);
}
