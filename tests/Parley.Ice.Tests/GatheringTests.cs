using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Ice.Tests;

public class GatheringTests
{
    private static readonly TransportAddress Server = RawPeer.Address("198.51.100.1:3478");

    private static (World World, Node Node, StunServerCore Server) Behind(NatBehaviour mapping = NatBehaviour.EndpointIndependent)
    {
        var world = new World();
        var server = new StunServerCore(Server);
        world.Servers.Add(server);
        world.Nats.Add(new Nat("203.0.113.1", "10.0.0.", mapping, NatBehaviour.AddressAndPortDependent));
        var node = world.AddNode("left", new IceAgentOptions()).Bind("10.0.0.5:5000");
        return (world, node, server);
    }

    [Fact]
    public void StunServer_BehindNat_GivesAServerReflexiveCandidate()
    {
        var (world, node, _) = Behind();
        node.Agent.AddStunServer(Server, "stun:example.org");
        node.Agent.StartGathering(world.Now);

        world.RunFor(TimeSpan.FromMilliseconds(50));

        Assert.Equal(2, node.Gathered.Count);
        var reflexive = node.Gathered[1];
        Assert.Equal(IceCandidateType.ServerReflexive, reflexive.Type);
        Assert.Equal("203.0.113.1:40000", reflexive.Address.ToString());
        Assert.Equal("10.0.0.5:5000", reflexive.RelatedAddress.ToString());
        Assert.Equal("stun:example.org", reflexive.Url);
        Assert.Equal(node.Agent.LocalCredentials.UsernameFragment, reflexive.UsernameFragment);
        Assert.Null(node.Gathered[0].RelatedAddress);
        Assert.NotEqual(node.Gathered[0].Foundation, reflexive.Foundation);
        Assert.Equal([IceGatheringState.Gathering, IceGatheringState.Complete], node.GatheringStates);
    }

    [Fact]
    public void Priorities_HostAndReflexive_FollowTheFormula()
    {
        // RFC 8445 §5.1.2.1: (2^24)*(type) + (2^8)*(local) + (256 - component).
        var (world, node, _) = Behind();
        node.Agent.AddStunServer(Server);
        node.Agent.StartGathering(world.Now);
        world.RunFor(TimeSpan.FromMilliseconds(50));

        Assert.Equal(126u, node.Gathered[0].Priority >> 24);
        Assert.Equal(100u, node.Gathered[1].Priority >> 24);
        Assert.Equal(255u, node.Gathered[0].Priority & 0xFF);
        Assert.Equal(node.Gathered[0].Priority & 0xFFFFFF, node.Gathered[1].Priority & 0xFFFFFF);
    }

    [Fact]
    public void LocalPreferences_KindsAndFamilies_InterleaveAsRfc8421Says()
    {
        var world = new World();
        var node = world.AddNode("left", new IceAgentOptions())
            .Bind("127.0.0.1:1", NetworkInterfaceKind.Loopback)
            .Bind("192.0.2.1:1")
            .Bind("192.0.2.2:1")
            .Bind("198.51.100.1:1", NetworkInterfaceKind.Wireless)
            .Bind("[fe80::1]:1")
            .Bind("[2001:db8::1]:1")
            .Bind("[2001:db8::2]:1")
            .Bind("198.51.100.9:1", NetworkInterfaceKind.Tunnel);
        node.Agent.StartGathering(world.Now);
        world.RunFor(TimeSpan.Zero);

        Assert.Equal(
            [
                "[2001:db8::1]:1", "192.0.2.1:1", "[2001:db8::2]:1", "192.0.2.2:1", "[fe80::1]:1", "198.51.100.1:1", "198.51.100.9:1",
                "127.0.0.1:1",
            ],
            node.Gathered.OrderByDescending(c => c.Priority).Select(c => c.Address.ToString()));
        Assert.Equal(8, node.Gathered.Select(c => c.Priority).Distinct().Count());
    }

    [Fact]
    public void StunServer_Silent_IsGivenUpAndReported()
    {
        var (world, node, _) = Behind();
        world.Drop = f => f.To == Server;
        node.Agent.AddStunServer(Server, "stun:example.org");
        node.Agent.StartGathering(world.Now);
        world.RunFor(TimeSpan.FromSeconds(9.4));
        Assert.Equal(IceGatheringState.Gathering, node.Agent.GatheringState);

        world.RunFor(TimeSpan.FromSeconds(0.2));

        Assert.Equal(IceGatheringState.Complete, node.Agent.GatheringState);
        var error = Assert.Single(node.Errors);
        Assert.Equal(701, error.ErrorCode);
        Assert.Equal("stun:example.org", error.Url);
        Assert.Equal("10.0.0.5:5000", error.LocalAddress.ToString());
        Assert.Equal(5, world.Sent.Count(f => f.To == Server));
    }

    [Fact]
    public void StunServer_LosesFirstRequests_IsAskedAgain()
    {
        var (world, node, server) = Behind();
        var lost = 0;
        world.Drop = f => f.To == Server && lost++ < 2;
        node.Agent.AddStunServer(Server);
        node.Agent.StartGathering(world.Now);
        world.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(1, server.Requests);
        Assert.Equal(2, node.Gathered.Count);
    }

    [Fact]
    public void StunServer_Refuses_ItsCodeIsReported()
    {
        var (world, node, server) = Behind();
        server.ErrorCode = 403;
        node.Agent.AddStunServer(Server);
        node.Agent.StartGathering(world.Now);
        world.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(403, Assert.Single(node.Errors).ErrorCode);
        Assert.Equal("No", node.Errors[0].ErrorText);
        Assert.Equal(IceGatheringState.Complete, node.Agent.GatheringState);
    }

    [Fact]
    public void StunServer_WithoutNat_GivesNothingNew()
    {
        var world = new World();
        world.Servers.Add(new StunServerCore(Server));
        var node = world.AddNode("left", new IceAgentOptions()).Bind("192.0.2.1:1000");
        node.Agent.AddStunServer(Server);
        node.Agent.StartGathering(world.Now);
        world.RunFor(TimeSpan.FromSeconds(1));
        Assert.Single(node.Gathered);
        Assert.Empty(node.Errors);
    }

    [Fact]
    public void StunServers_OfEitherFamilyAndLoopback_AreAskedByMatchingBasesAlone()
    {
        var world = new World();
        var node = world.AddNode("left", new IceAgentOptions())
            .Bind("192.0.2.1:1").Bind("[2001:db8::1]:1").Bind("127.0.0.1:1", NetworkInterfaceKind.Loopback).Bind("[fe80::1]:1");
        node.Agent.AddStunServer(Server);
        node.Agent.AddStunServer(RawPeer.Address("[2001:db8::ffff]:3478"));
        node.Agent.AddStunServer(RawPeer.Address("127.0.0.1:3478"));
        node.Agent.StartGathering(world.Now);
        world.RunFor(TimeSpan.FromMilliseconds(400));
        Assert.Equal(
            [("127.0.0.1:1", "127.0.0.1:3478"), ("192.0.2.1:1", "198.51.100.1:3478"), ("[2001:db8::1]:1", "[2001:db8::ffff]:3478")],
            world.Sent.Select(f => (f.From.ToString(), f.To.ToString())).Order());
    }

    [Fact]
    public void StunServer_BeforeNomination_IsRefreshedSoThatTheBindingLives()
    {
        var (world, node, server) = Behind();
        node.Agent.AddStunServer(Server);
        node.Agent.StartGathering(world.Now);
        world.RunFor(TimeSpan.FromSeconds(46));
        Assert.Equal(4, server.Requests);
        Assert.Equal(2, node.Gathered.Count);
        Assert.Equal([IceGatheringState.Gathering, IceGatheringState.Complete], node.GatheringStates);
    }

    [Fact]
    public void Hold_NameIsLookedUp_GatheringWaitsForIt()
    {
        var (world, node, _) = Behind();
        node.Agent.HoldGathering();
        node.Agent.StartGathering(world.Now);
        world.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(IceGatheringState.Gathering, node.Agent.GatheringState);

        node.Agent.AddStunServer(Server);
        node.Agent.ReleaseGathering(world.Now);
        world.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(2, node.Gathered.Count);
        Assert.Equal([IceGatheringState.Gathering, IceGatheringState.Complete], node.GatheringStates);
    }

    [Fact]
    public void LocalAddress_AfterGathering_IsToldAndChecked()
    {
        var pair = new Pair();
        pair.Left.Bind("192.0.2.1:1000");
        pair.Start();
        pair.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(IceAgentState.New, pair.Left.Agent.State);

        pair.Right.Bind("192.0.2.2:2000");

        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 0.1);
    }

    [Fact]
    public void LocalAddress_Removed_ItsPairsGoWithIt()
    {
        var pair = new Pair();
        pair.Left.Bind("192.0.2.1:1000").Bind("192.0.2.3:1000");
        pair.Right.Bind("192.0.2.2:2000");
        pair.Connect();
        var used = pair.Left.Agent.SelectedPair!.LocalAddress;

        pair.Left.Agent.RemoveLocalAddress(used, pair.Now);

        Assert.DoesNotContain(pair.Left.Agent.Pairs, p => p.LocalAddress == used);
        Assert.False(pair.Left.Agent.IsValidatedRemote(used, RawPeer.Remote));
    }

    [Fact]
    public void RelayPolicy_NothingIsGatheredPairedOrAnswered()
    {
        var peer = new RawPeer(new IceAgentOptions { TransportPolicy = IceTransportPolicy.Relay });
        peer.Agent.AddStunServer(Server);
        peer.Introduce(RawPeer.Remote);
        peer.Send(peer.Check());
        peer.ExpectNothing();
        Assert.Empty(peer.Agent.LocalCandidates);
        Assert.Equal(IceGatheringState.Complete, peer.Agent.GatheringState);
    }

    [Fact]
    public void LinkLocal_BasesHaveZones_CandidatesHaveNoneAndTheyConnect()
    {
        var left = TransportAddress.FromBytes([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 1000, scopeId: 3);
        var right = TransportAddress.FromBytes([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], 2000, scopeId: 3);
        var pair = new Pair();
        pair.Left.Sockets.Add((left, NetworkInterfaceKind.Ethernet));
        pair.Left.Agent.AddLocalAddress(left, NetworkInterfaceKind.Ethernet, pair.Now);
        pair.Right.Sockets.Add((right, NetworkInterfaceKind.Ethernet));
        pair.Right.Agent.AddLocalAddress(right, NetworkInterfaceKind.Ethernet, pair.Now);

        pair.Connect(withinSeconds: 1);

        pair.ExpectData();
        Assert.Equal(0u, pair.Left.Gathered[0].Address.ScopeId);
        Assert.Equal(right, pair.Left.Agent.SelectedPair!.RemoteAddress);
        Assert.Equal(IceCandidateType.Host, pair.Left.Agent.SelectedPair!.Local.Type);
        Assert.Single(pair.Right.Agent.RemoteCandidates);
        Assert.Single(pair.Right.Agent.Pairs);
    }

    [Fact]
    public void Credentials_OfTheGreatestLength_FitADatagram()
    {
        var longest = new IceCredentials(new string('u', 256), new string('p', 256));
        var pair = new Pair(1, new IceAgentOptions { Role = IceRole.Controlling, LocalCredentials = longest }, new IceAgentOptions
        {
            LocalCredentials = new IceCredentials(new string('v', 256), new string('q', 256)),
        });
        pair.BindHosts().Connect(withinSeconds: 1);
        Assert.InRange(pair.World.Sent.Max(f => f.Datagram.Length), 550, IceAgent.MaxDatagramLength);
        Assert.Throws<ArgumentOutOfRangeException>(() => new IceCredentials(new string('ü', 129), "x"));
    }

    [Fact]
    public void Credentials_Drawn_HaveTheLengthsAndCharactersOfRfc8839()
    {
        for (var seed = 0ul; seed < 50; seed++)
        {
            var credentials = IceCredentials.Create(RandomSource.Seeded(seed));
            Assert.Matches("^[A-Za-z0-9+/]{8}$", credentials.UsernameFragment);
            Assert.Matches("^[A-Za-z0-9+/]{24}$", credentials.Password);
            Assert.DoesNotContain(credentials.Password, credentials.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void SameSeed_TwoAgents_SendTheSameBytes()
    {
        static List<byte[]> Run()
        {
            var pair = new Pair(42).BindHosts();
            pair.Start();
            pair.World.RunFor(TimeSpan.FromSeconds(20));
            return pair.World.Sent.ConvertAll(f => f.Datagram);
        }

        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void Options_OutOfRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => New(new IceAgentOptions { CheckPacing = TimeSpan.FromMilliseconds(4) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => New(new IceAgentOptions { Component = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => New(new IceAgentOptions { MaxCandidatePairs = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => New(new IceAgentOptions { CheckRetransmission = default }));
        Assert.Throws<ArgumentException>(() => new IceCredentials("", "x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IceCredentials(new string('x', 257), "x"));
        Assert.Throws<ArgumentException>(() => New(new IceAgentOptions()).Transmit(new byte[100], default, out _, out _));

        static IceAgent New(IceAgentOptions options) => new(options, RandomSource.Seeded(1), NullLogger.Instance);
    }
}
