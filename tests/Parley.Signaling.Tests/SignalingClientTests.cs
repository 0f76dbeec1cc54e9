using Parley.Server;

namespace Parley.Signaling.Tests;

/// <summary>The client against the real server.</summary>
public sealed class SignalingClientTests
{
    [Fact]
    public async Task Join_Second_KnowsTheFirstAndIsPolite()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using SignalingClient alice = await SignalingClient.JoinAsync(server.Address, "a room", "Alice");
        await using SignalingClient bob = await SignalingClient.JoinAsync(server.Address, "a room", "Bob & Söhne");

        RemotePeer first = await JoinedAsync(bob);
        RemotePeer second = await JoinedAsync(alice);

        Assert.Equal((alice.Id, "Alice", true), (first.Id, first.Name, first.IsPolite));
        Assert.Equal((bob.Id, "Bob & Söhne", false), (second.Id, second.Name, second.IsPolite));
        Assert.Equal("a room", alice.Room);
        Assert.Equal(second, Assert.Single(alice.Peers));
    }

    [Fact]
    public async Task Channel_Messages_ArriveInOrderAndEndWithThePeer()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using SignalingClient alice = await SignalingClient.JoinAsync(server.Address, "demo");
        SignalingClient bob = await SignalingClient.JoinAsync(server.Address, "demo");
        ISignalingChannel toAlice = (await JoinedAsync(bob)).Channel;
        RemotePeer peer = await JoinedAsync(alice);
        var offer = new SessionDescription(SdpType.Offer, "v=0\r\n");
        var candidate = new IceCandidateInit("candidate:1 1 udp 1 192.0.2.1 9 typ host", "0", 0, "abcd");

        await toAlice.SendAsync(offer);
        await toAlice.SendAsync(candidate);
        await toAlice.SendAsync(candidate: null);
        await bob.DisposeAsync();

        Assert.Equal(offer, (await peer.Channel.ReceiveAsync())!.Description);
        Assert.Equal(candidate, (await peer.Channel.ReceiveAsync())!.Candidate);
        Assert.Equal(SignalingMessage.Of(candidate: null), await peer.Channel.ReceiveAsync());
        Assert.Null(await peer.Channel.ReceiveAsync());
        Assert.Empty(alice.Peers);
        await foreach (SignalingEvent happened in alice.ReadEventsAsync())
        {
            Assert.Equal(peer, Assert.IsType<PeerLeft>(happened).Peer);
            break;
        }
    }

    [Fact]
    public async Task Send_ToAPeerThatLeft_IsAnErrorEvent()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using SignalingClient alice = await SignalingClient.JoinAsync(server.Address, "demo");
        SignalingClient bob = await SignalingClient.JoinAsync(server.Address, "demo");
        RemotePeer peer = await JoinedAsync(alice);
        await bob.DisposeAsync();
        Assert.Null(await peer.Channel.ReceiveAsync());

        await peer.Channel.SendAsync(candidate: null);

        await foreach (SignalingEvent happened in alice.ReadEventsAsync())
        {
            if (happened is ErrorReceived error)
            {
                Assert.Equal(SignalingErrorCodes.UnknownPeer, error.Code);
                break;
            }
        }
    }

    [Fact]
    public async Task UnexpectedException_InOneClient_EndsItWithAnErrorAndNoOther()
    {
        var log = new FailingLog();
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using SignalingClient alice = await SignalingClient.JoinAsync(
            server.Address, "demo", new SignalingClientOptions { LoggerFactory = log });
        await using SignalingClient carol = await SignalingClient.JoinAsync(server.Address, "demo");
        SignalingClient bob = await SignalingClient.JoinAsync(server.Address, "demo");
        RemotePeer peer = await JoinedAsync(alice);
        while (peer.Id != bob.Id)
        {
            peer = await JoinedAsync(alice);
        }

        await bob.DisposeAsync();
        Assert.Null(await peer.Channel.ReceiveAsync());
        await peer.Channel.SendAsync(candidate: null);

        var ended = await Assert.ThrowsAsync<SignalingException>(async () =>
        {
            await foreach (SignalingEvent _ in alice.ReadEventsAsync())
            {
            }
        });
        Assert.IsType<NotSupportedException>(ended.InnerException);
        Assert.Same(ended.InnerException, Assert.Single(log.Errors));
        await foreach (SignalingEvent happened in carol.ReadEventsAsync())
        {
            if (happened is PeerLeft left && left.Peer.Id == bob.Id)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task Join_FullRoom_ThrowsWithTheCode()
    {
        var options = new ParleyServerOptions { Port = 0, Signaling = { RoomCapacity = 1 } };
        await using ParleyServer server = await ParleyServer.StartAsync(options);
        await using SignalingClient alice = await SignalingClient.JoinAsync(server.Address, "demo");

        SignalingException exception = await Assert.ThrowsAsync<SignalingException>(() =>
            SignalingClient.JoinAsync(server.Address, "demo"));
        Assert.Equal(SignalingErrorCodes.RoomFull, exception.Code);
    }

    [Fact]
    public async Task Join_NobodyThere_Throws()
    {
        ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        Uri address = server.Address;
        await server.DisposeAsync();

        await Assert.ThrowsAsync<SignalingException>(() => SignalingClient.JoinAsync(address, "demo"));
    }

    [Fact]
    public async Task Server_StopsAndTheClientMayNotComeBack_BreaksEventsAndChannels()
    {
        ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        await using SignalingClient alice = await SignalingClient.JoinAsync(
            server.Address, "demo", new SignalingClientOptions { ReconnectTimeout = TimeSpan.Zero });
        await using SignalingClient bob = await SignalingClient.JoinAsync(server.Address, "demo");
        RemotePeer peer = await JoinedAsync(alice);

        await server.DisposeAsync();

        await Assert.ThrowsAsync<SignalingException>(async () => await peer.Channel.ReceiveAsync());
        await Assert.ThrowsAsync<SignalingException>(async () =>
        {
            await foreach (SignalingEvent happened in alice.ReadEventsAsync())
            {
                Assert.Fail($"{happened}");
            }
        });
        await Assert.ThrowsAsync<SignalingException>(async () => await peer.Channel.SendAsync(candidate: null));
    }

    [Fact]
    public async Task Dispose_EndsEventsAndChannelsQuietly()
    {
        await using ParleyServer server = await ParleyServer.StartAsync(new ParleyServerOptions { Port = 0 });
        SignalingClient alice = await SignalingClient.JoinAsync(server.Address, "demo");
        await using SignalingClient bob = await SignalingClient.JoinAsync(server.Address, "demo");
        RemotePeer peer = await JoinedAsync(alice);

        await alice.DisposeAsync();
        await alice.DisposeAsync();

        Assert.Null(await peer.Channel.ReceiveAsync());
        await foreach (SignalingEvent happened in alice.ReadEventsAsync())
        {
            Assert.Fail($"{happened}");
        }
    }

    private static async Task<RemotePeer> JoinedAsync(SignalingClient client)
    {
        await foreach (SignalingEvent happened in client.ReadEventsAsync())
        {
            return Assert.IsType<PeerJoined>(happened).Peer;
        }

        throw new InvalidOperationException("The events ended.");
    }
}
