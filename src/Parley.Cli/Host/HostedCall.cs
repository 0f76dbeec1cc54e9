using Parley.Cli.Calls;
using Parley.Media;
using Parley.Signaling;

namespace Parley.Cli.Host;

/// <summary>
/// The host's part of a call with one peer: the card and the tune in one stream, and the chat. When either side hangs up and the peer stays
/// in the room, it waits for the peer to call again.
/// </summary>
internal sealed class HostedCall : IAsyncDisposable
{
    // Who came calls by itself, most of the time; the host offers to those who wait for it.
    private static readonly TimeSpan OfferAfter = TimeSpan.FromSeconds(1);

    private readonly RemotePeer _peer;
    private readonly CallSettings _settings;
    private readonly Action<string> _tell;
    private readonly CancellationTokenSource _ending = new();
    private CallLeg _leg;
    private HostMedia? _media;

    public HostedCall(RemotePeer peer, CallSettings settings, Action<string> tell)
    {
        _peer = peer;
        _settings = settings;
        _tell = tell;
        _leg = Open();
        tell($"{Name} joined");
        _ = OfferLaterAsync(_leg);
    }

    /// <summary>What the peer calls itself.</summary>
    public string Name => _leg.PeerName;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _media?.Dispose();
        await _leg.DisposeAsync();
    }

    private CallLeg Open()
    {
        var leg = new CallLeg(_peer, _settings, AddMedia);
        leg.Connection.ConnectionStateChanged += (_, _) => OnConnectionStateChanged(leg);
        leg.Connection.DataChannelAdded += (_, e) => Follow(leg, e.Channel);
        leg.HungUp += () =>
        {
            _tell($"{Name} hung up");
            _ = RenewAsync(leg);
        };
        return leg;
    }

    private void AddMedia(CallLeg leg)
    {
        _media = new HostMedia(leg.Connection);
        Follow(leg, leg.Connection.CreateDataChannel("chat"));
    }

    private void Follow(CallLeg leg, DataChannel channel) =>
        _ = new HostChat(channel, leg.Hold, () => _media, () => _ = RenewAsync(leg)).RunAsync(_ending.Token);

    private async Task OfferLaterAsync(CallLeg leg)
    {
        try
        {
            await Task.Delay(OfferAfter, _ending.Token);
            leg.Start();
        }
        catch (OperationCanceledException)
        {
            // The peer has left already.
        }
    }

    private void OnConnectionStateChanged(CallLeg leg)
    {
        switch (leg.Connection.ConnectionState)
        {
            case PeerConnectionState.Connected:
                _ = TellPathAsync(leg);
                break;
            case PeerConnectionState.Disconnected or PeerConnectionState.Failed:
                _tell($"{Name} {leg.Connection.ConnectionState.ToW3CName()}");
                break;
        }
    }

    private async Task TellPathAsync(CallLeg leg)
    {
        StatsReport stats = await leg.Connection.GetStatsAsync();
        _tell($"{Name} connected: {CallPath.Of(stats)}");
    }

    // A closed connection stays closed: the next call has a new one, which begins when the peer offers.
    private async Task RenewAsync(CallLeg leg)
    {
        if (leg != _leg || _ending.IsCancellationRequested)
        {
            return;
        }

        HostMedia? media = _media;
        _media = null;
        ValueTask closing = leg.DisposeAsync();
        _leg = Open();
        media?.Dispose();
        await closing;
    }
}
