using Parley.Media;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Transport.SharedPort;

/// <summary>Connections on one port, on virtual time.</summary>
public class SharedUdpPortTests
{
    private readonly Simulator _simulator = new(1);
    private readonly VirtualHost _server;
    private readonly SharedUdpPort _port;
    private readonly ErrorCollector _log = new();

    public SharedUdpPortTests()
    {
        _server = _simulator.AddHost("server", "10.0.0.1", "10.1.0.1");
        _port = new SharedUdpPort(new SharedUdpPortOptions { Port = 4000, MaxTransports = 20 }, _server.Platform);
    }

    [Fact]
    public void Connections_OfManyPeers_ShareThePortAndItsSockets() => Run(async () =>
    {
        PortPeer[] peers = [.. Enumerable.Range(0, 10).Select(Peer)];
        await Task.WhenAll(peers.Select(peer => peer.ConnectAsync()));
        var answers = await Task.WhenAll(peers.Select((peer, i) => peer.AskAsync($"{i}")));

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i} echoed"), answers);
        Assert.Equal(2, _server.OpenSockets);
        Assert.Equal(10, _port.Transports);
        Assert.All(peers, peer => Assert.All(Candidates(peer.Server), candidate => Assert.Equal((ushort?)4000, candidate.Port)));
        Assert.Equal(2, Candidates(peers[0].Server).Count());
        foreach (var peer in peers)
        {
            await peer.DisposeAsync();
        }

        Assert.Equal((0, 0), (_port.Transports, _port.Entries));
    });

    [Fact]
    public void Media_ThroughTheSharedPort_ArrivesAtItsConnectionAlone() => Run(async () =>
    {
        await using PortPeer first = Peer(0), second = Peer(1);
        var (atFirst, atSecond) = (new FrameCounter(), new FrameCounter());
        first.Server.TrackAdded += (_, e) => e.Track.Attach(atFirst);
        second.Server.TrackAdded += (_, e) => e.Track.Attach(atSecond);
        var (firstTrack, secondTrack) = (new MediaStreamTrack(MediaKind.Audio), new MediaStreamTrack(MediaKind.Audio));
        first.Client.AddTrack(firstTrack, new MediaStream());
        second.Client.AddTrack(secondTrack, new MediaStream());
        await first.ConnectAsync();
        await second.ConnectAsync();
        for (var i = 0; i < 50; i++)
        {
            Write(firstTrack, 1, i);
            Write(secondTrack, 2, i);
            await _simulator.Delay(TimeSpan.FromMilliseconds(20));
        }

        await _simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal((50, 50), (atFirst.Of(1), atFirst.Total));
        Assert.Equal((50, 50), (atSecond.Of(2), atSecond.Total));
    });

    [Fact]
    public void IceRestart_ByEitherSide_GoesOnUnderTheNewFragmentAndForgetsTheOld() => Run(async () =>
    {
        await using var peer = Peer(0);
        await peer.ConnectAsync();
        var entries = _port.Entries;
        for (var i = 0; i < 6; i++)
        {
            var before = peer.Server.SctpTransport!.Transport.IceTransport.GetLocalParameters();
            if (i % 2 == 0)
            {
                peer.Client.RestartIce();
                await Pair.NegotiateAsync(peer.Client, peer.Server);
            }
            else
            {
                peer.Server.RestartIce();
                await Pair.NegotiateAsync(peer.Server, peer.Client);
            }

            await _simulator.Delay(TimeSpan.FromSeconds(8));
            Assert.NotEqual(before, peer.Server.SctpTransport.Transport.IceTransport.GetLocalParameters());
            Assert.Equal($"{i} echoed", await peer.AskAsync($"{i}"));
        }

        // The fragment before the last is heard until the next change.
        Assert.InRange(_port.Entries, entries, entries + 1);
    });

    [Fact]
    public void IceRestart_RolledBackAgainAndAgain_IsHeardUnderTheFragmentBefore() => Run(async () =>
    {
        await using var peer = Peer(0);
        await peer.ConnectAsync();
        var entries = _port.Entries;
        for (var i = 0; i < 20; i++)
        {
            peer.Server.RestartIce();
            await peer.Server.SetLocalDescriptionAsync();
            await peer.Server.SetLocalDescriptionAsync(new LocalSessionDescriptionInit(SdpType.Rollback));
        }

        // Longer than consent lasts: the peer's checks are answered.
        await _simulator.Delay(TimeSpan.FromSeconds(40));
        Assert.Equal("still echoed", await peer.AskAsync("still"));
        Assert.Equal(PeerConnectionState.Connected, peer.Client.ConnectionState);
        Assert.InRange(_port.Entries, entries, entries + 1);
    });

    [Fact]
    public void PeerThatMoves_BehindANatThatForgets_IsFollowed() => Run(async () =>
    {
        var nat = _simulator.Network.AddNat("nat", new NatBehavior(), "198.51.100.1");
        await using var peer = new PortPeer(_port, _server.Platform, nat.AddHost("inside", "192.168.0.2").Platform, log: _log);
        await peer.ConnectAsync();
        nat.Reset();
        peer.Client.RestartIce();
        await Pair.NegotiateAsync(peer.Client, peer.Server);
        Assert.Equal("moved echoed", await peer.AskAsync("moved"));
        Assert.Equal(0, _port.Counters.ContestedAddresses);
    });

    [Fact]
    public void Transports_BeyondTheBound_AreRefusedAndTheOthersGoOn() => Run(async () =>
    {
        PortPeer[] peers = [.. Enumerable.Range(0, 21).Select(Peer)];
        await Task.WhenAll(peers.Take(20).Select(peer => peer.ConnectAsync()));
        await Pair.NegotiateAsync(peers[20].Client, peers[20].Server);
        await _simulator.Delay(TimeSpan.FromSeconds(2));
        Assert.Empty(Candidates(peers[20].Server));
        Assert.Equal(20, _port.Transports);
        await peers[3].DisposeAsync();

        await using var next = Peer(30);
        await next.ConnectAsync();
        Assert.Equal("x echoed", await next.AskAsync("x"));
    });

    [Fact]
    public void Port_InUse_CannotBeSharedTwice()
    {
        Assert.Throws<System.Net.Sockets.SocketException>(() =>
            new SharedUdpPort(new SharedUdpPortOptions { Port = 4000 }, _server.Platform));
        _port.Dispose();
        _port.Dispose();
        using var again = new SharedUdpPort(new SharedUdpPortOptions { Port = 4000 }, _server.Platform);
        Assert.Equal((4000, 2), (again.Port, again.Sockets));
    }

    [Fact]
    public void Options_OutOfTheirRange_AreRefused()
    {
        static void Refuse(SharedUdpPortOptions options) => Assert.Throws<ArgumentOutOfRangeException>(() => new SharedUdpPort(options));
        Refuse(new() { Port = -1 });
        Refuse(new() { Port = 65_536 });
        Refuse(new() { SocketsPerAddress = 0 });
        Refuse(new() { MaxTransports = 0 });
        Refuse(new() { MaxWaitingBytes = 2047 });
    }

    [Fact]
    public void Configuration_SharedPort_CannotChange()
    {
        var connection = new PeerConnection(
            new PeerConnectionConfiguration { SharedPort = _port, Certificates = [TestCertificates.Alice] }, _server.Platform);
        var configuration = connection.GetConfiguration();
        Assert.Same(_port, configuration.SharedPort);
        connection.SetConfiguration(configuration);
        Refused.With(RtcErrorNames.InvalidModificationError, () => connection.SetConfiguration(configuration with { SharedPort = null }));
    }

    [Fact]
    public void Dispose_OfThePort_EndsWhatUsesIt() => Run(async () =>
    {
        await using var peer = Peer(0);
        await peer.ConnectAsync();
        _port.Dispose();
        Assert.Equal(0, _server.OpenSockets);
        await Pair.UntilAsync(peer.Client, () => peer.Client.ConnectionState == PeerConnectionState.Failed);
        await using var late = Peer(1);
        await Pair.NegotiateAsync(late.Client, late.Server);
        await _simulator.Delay(TimeSpan.FromSeconds(1));
        Assert.Empty(Candidates(late.Server));
    });

    private PortPeer Peer(int number) => new(_port, _server.Platform, _simulator.AddHost($"client {number}").Platform, log: _log);

    private void Run(Func<Task> scenario)
    {
        _simulator.Run(scenario, TimeSpan.FromMinutes(5));
        Assert.True(_log.Errors.Count == 0, string.Join("\n", _log.Errors));
    }

    private static IEnumerable<IceCandidate> Candidates(PeerConnection connection) =>
        connection.SctpTransport!.Transport.IceTransport.GetLocalCandidates();

    private static void Write(MediaStreamTrack track, byte number, int frame) => track.Write(new MediaFrame
    {
        Format = MediaFormat.Opus,
        Data = new byte[] { 0xF8, number, 0 },
        Timestamp = TimeSpan.FromMilliseconds(20 * frame),
        IsKeyFrame = true,
    });
}
