using System.Net;
using Parley.Net;
using Parley.Server;
using Parley.Signaling;

namespace Parley.Interop.Peers;

/// <summary>
/// A .NET program in a room, made of the public parts alone: one <see cref="NetCall"/> with everyone who is there or comes.
/// </summary>
public sealed class NetPeer : IAsyncDisposable
{
    private static readonly Platform Loopback = Platform.Default with
    {
        Network =
            new UdpNetwork(new UdpNetworkOptions { Include = address => IPAddress.IsLoopback(address.Address), MulticastDns = false }),
    };

    private readonly SignalingClient _client;
    private readonly bool _callAtOnce;
    private readonly TaskCompletionSource<NetCall> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<NetCall> _calls = [];
    private readonly Task _reading;
    private readonly Func<PeerConnection> _connect;

    private NetPeer(SignalingClient client, bool callAtOnce, Func<PeerConnection> connect)
    {
        _client = client;
        _callAtOnce = callAtOnce;
        _connect = connect;
        _reading = ReadAsync();
    }

    /// <summary>This peer's id in the room.</summary>
    public string Id => _client.Id;

    /// <summary>The call with the first other peer, once there is one.</summary>
    public Task<NetCall> FirstCall => _first.Task.WaitAsync(Until.Limit);

    /// <summary>Joins a room.</summary>
    /// <param name="server">The server.</param>
    /// <param name="room">The room.</param>
    /// <param name="callAtOnce">Whether it adds its media as soon as it sees a peer.</param>
    /// <param name="platform">What its connections stand on; null for this machine's loopback alone.</param>
    /// <param name="configuration">The configuration of its connections.</param>
    public static async Task<NetPeer> JoinAsync(
        ParleyServer server, string room, bool callAtOnce = true, Platform? platform = null,
        PeerConnectionConfiguration? configuration = null) =>
        new(
            await SignalingClient.JoinAsync(server.Address, room, "host"),
            callAtOnce,
            () => new PeerConnection(configuration, platform ?? Loopback));

    /// <summary>Leaves the room, with all calls as they are.</summary>
    public async Task LeaveAsync()
    {
        await _client.DisposeAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        foreach (NetCall call in _calls)
        {
            await call.DisposeAsync();
        }
    }

    private async Task ReadAsync()
    {
        await foreach (SignalingEvent happened in _client.ReadEventsAsync())
        {
            switch (happened)
            {
                case PeerJoined { Peer: var peer }:
                    var call = new NetCall(peer, _connect());
                    _calls.Add(call);
                    if (_callAtOnce)
                    {
                        call.Call();
                    }

                    _first.TrySetResult(call);
                    break;
                case PeerLeft { Peer: var peer }:
                    _calls.Find(each => each.Peer == peer)?.Left.TrySetResult();
                    break;
            }
        }
    }
}
