using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.Server;

namespace Parley.Signaling.Tests;

/// <summary>A client whose way to the server breaks in each way it can.</summary>
public sealed class ReconnectTests
{
    private static readonly IEnumerable<string> Numbers = Enumerable.Range(0, 60).Select(number => $"{number}");

    [Fact]
    public async Task Connection_Cut_ComesBackAsTheSameAndNothingIsLostOrDoubled()
    {
        await using ParleyServer server = await StartAsync();
        await using var network = new TcpProxy(server.Address);
        await using Member alice = await Member.JoinAsync(server.Address);
        await using Member bob = await Member.JoinAsync(network.Address);
        await alice.ExpectAsync<PeerJoined>();
        string id = bob.Client.Id;

        foreach (string number in Numbers)
        {
            if (number is "5" or "23" or "24" or "41")
            {
                network.Cut();
            }

            await bob.SayAsync(number);
            await alice.SayAsync(number);
        }

        await alice.ExpectHeardAsync(Numbers);
        await bob.ExpectHeardAsync(Numbers);
        await bob.UntilAsync(() => bob.Events.OfType<Reconnected>().Any(), "back");
        Assert.Equal(id, bob.Client.Id);
        Assert.All(bob.Events.OfType<Reconnected>(), back => Assert.True(back.Resumed));
        Assert.Equal([typeof(PeerJoined)], alice.Events.Select(happened => happened.GetType()));
        Assert.Single(bob.Events.OfType<PeerJoined>());
        Assert.Empty(bob.Events.OfType<PeerLeft>());
    }

    [Fact]
    public async Task Interface_DownForAWhile_IsNoticedByHeartbeatsAndTheClientComesBack()
    {
        await using ParleyServer server = await StartAsync();
        await using var network = new TcpProxy(server.Address);
        await using Member alice = await Member.JoinAsync(server.Address);
        await using Member bob = await Member.JoinAsync(network.Address);
        await alice.ExpectAsync<PeerJoined>();

        // Nothing passes, and nothing is closed: half-open for both ends.
        network.Stall();
        await bob.SayAsync("while away");
        await alice.SayAsync("where are you?");
        await bob.ExpectAsync<Reconnecting>();
        network.Resume();

        await bob.ExpectAsync<Reconnected>();
        await bob.SayAsync("back");
        await alice.ExpectHeardAsync("while away", "back");
        await bob.ExpectHeardAsync("where are you?");
        Assert.Empty(alice.Events.OfType<PeerLeft>());
        Assert.Empty(bob.Events.OfType<PeerLeft>());
    }

    [Fact]
    public async Task Server_StartedAnewOnItsPort_MembersAreTheSameAndWhatWasSentArrivesOnce()
    {
        ParleyServer server = await StartAsync();
        int port = server.Address.Port;
        await using Member alice = await Member.JoinAsync(server.Address);
        await using Member bob = await Member.JoinAsync(server.Address);
        await alice.ExpectAsync<PeerJoined>();
        (string aliceId, string bobId) = (alice.Client.Id, bob.Client.Id);
        RemotePeer before = alice.Peer;
        await alice.SayAsync("1");
        await bob.ExpectHeardAsync("1");

        await server.DisposeAsync();
        await alice.ExpectAsync<Reconnecting>();
        await alice.SayAsync("2");
        await bob.SayAsync("a");
        await using ParleyServer again = await StartAsync(port);
        await alice.ExpectAsync<Reconnected>();
        await bob.ExpectAsync<Reconnected>();
        await alice.SayAsync("3");
        await bob.SayAsync("b");

        await bob.ExpectHeardAsync("1", "2", "3");
        await alice.ExpectHeardAsync("a", "b");
        Assert.Equal((aliceId, bobId), (alice.Client.Id, bob.Client.Id));
        Assert.Same(before, alice.Peer);
        Assert.Empty(alice.Events.OfType<PeerLeft>());
        Assert.Empty(bob.Events.OfType<PeerLeft>());
    }

    [Fact]
    public async Task Server_ThatForgotTheMember_PeersBeginAnew()
    {
        // Without a grace worth the name the member is announced as left before it is back.
        await using ParleyServer server = await StartAsync(grace: TimeSpan.FromMilliseconds(1));
        await using var network = new TcpProxy(server.Address);
        await using Member alice = await Member.JoinAsync(server.Address);
        await using Member bob = await Member.JoinAsync(network.Address);
        await alice.ExpectAsync<PeerJoined>();
        await bob.SayAsync("old");
        await alice.ExpectHeardAsync("old");

        network.Stall();
        network.Cut();
        await alice.ExpectAsync<PeerLeft>();
        network.Resume();

        await bob.ExpectAsync<Reconnected>();
        await bob.ExpectAsync<PeerJoined>(2);
        await alice.ExpectAsync<PeerJoined>(2);
        Assert.Single(bob.Events.OfType<PeerLeft>());
        Assert.True(bob.Peer.IsPolite);
        Assert.False(alice.Peer.IsPolite);
        await bob.SayAsync("new");
        await alice.ExpectHeardAsync("old", "new");
    }

    [Fact]
    public async Task Server_WithoutSessions_IsJoinedAsBefore()
    {
        await using ParleyServer server = await StartAsync(grace: TimeSpan.Zero);
        await using var network = new TcpProxy(server.Address);
        await using Member alice = await Member.JoinAsync(server.Address);
        await using Member bob = await Member.JoinAsync(network.Address);
        await alice.ExpectAsync<PeerJoined>();
        await bob.SayAsync("old");
        await alice.ExpectHeardAsync("old");

        network.Cut();

        await bob.ExpectAsync<PeerJoined>(2);
        await alice.ExpectAsync<PeerJoined>(2);
        await alice.ExpectAsync<PeerLeft>();
        await bob.SayAsync("new");
        await alice.ExpectHeardAsync("old", "new");
        Assert.Empty(bob.Events.OfType<ErrorReceived>());
    }

    [Fact]
    public async Task Member_ThatLeaves_IsGoneAtOnce()
    {
        await using ParleyServer server = await StartAsync();
        await using Member alice = await Member.JoinAsync(server.Address);
        Member bob = await Member.JoinAsync(server.Address);
        await alice.ExpectAsync<PeerJoined>();

        await bob.DisposeAsync();

        await alice.ExpectAsync<PeerLeft>();
    }

    [Fact]
    public async Task Member_DisposedWhileTheServerIsAway_EndsAtOnce()
    {
        await using ParleyServer server = await StartAsync();
        await using var network = new TcpProxy(server.Address);
        Member bob = await Member.JoinAsync(network.Address);
        network.Stall();
        network.Cut();
        await bob.ExpectAsync<Reconnecting>();

        await bob.DisposeAsync().AsTask().WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Server_AwayForLongerThanTheClientMayTry_EndsTheEvents()
    {
        ParleyServer server = await StartAsync();
        SignalingClientOptions options = Member.Quick;
        options.ReconnectTimeout = TimeSpan.FromMilliseconds(100);
        await using SignalingClient alice = await SignalingClient.JoinAsync(server.Address, "demo", options);
        await server.DisposeAsync();

        await Assert.ThrowsAsync<SignalingException>(async () =>
        {
            await foreach (SignalingEvent happened in alice.ReadEventsAsync())
            {
                Assert.IsType<Reconnecting>(happened);
            }
        });
    }

    [Theory]
    [InlineData("401 Unauthorized")]
    [InlineData("403 Forbidden")]
    public async Task Server_ThatRefusesTheReturn_EndsTheEvents(string answer)
    {
        await using ParleyServer server = await StartAsync();
        await using var network = new TcpProxy(server.Address);
        int port = network.Address.Port;
        await using SignalingClient alice = await SignalingClient.JoinAsync(network.Address, "demo", Member.Quick);
        await network.DisposeAsync();
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Task refusing = RefuseAsync(listener, answer);

        SignalingException exception = await Assert.ThrowsAsync<SignalingException>(async () =>
        {
            await foreach (SignalingEvent happened in alice.ReadEventsAsync())
            {
                Assert.IsType<Reconnecting>(happened);
            }
        });
        Assert.Contains(answer[..3], exception.Message, StringComparison.Ordinal);
        listener.Stop();
        await refusing;
    }

    private static Task<ParleyServer> StartAsync(int port = 0, TimeSpan? grace = null)
    {
        var options = new ParleyServerOptions { Port = port };
        options.Signaling.ResumeGrace = grace ?? options.Signaling.ResumeGrace;
        return ParleyServer.StartAsync(options);
    }

    private static async Task RefuseAsync(TcpListener listener, string answer)
    {
        try
        {
            while (true)
            {
                using Socket socket = await listener.AcceptSocketAsync();
                await socket.ReceiveAsync(new byte[4096]);
                await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }
}
