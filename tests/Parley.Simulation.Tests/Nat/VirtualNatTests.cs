using Parley.Net;

namespace Parley.Simulation.Tests.Nat;

public class VirtualNatTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private readonly Simulator _simulator = new(11);

    [Theory]
    [InlineData(NatDependence.EndpointIndependent, 1)]
    [InlineData(NatDependence.AddressDependent, 2)]
    [InlineData(NatDependence.AddressAndPortDependent, 3)]
    public void Mapping_ThreeRemoteEndsOnTwoAddresses_AsManyPortsAsItDependsOn(NatDependence mapping, int ports)
    {
        var (_, inside) = Behind(new NatBehavior { Mapping = mapping }, "nat", "203.0.113.1");
        var server = _simulator.AddHost("server", "192.0.2.1", "192.0.2.2");
        Peer[] remotes = [new(server, 1000), new(server, 1001), new(server, 1000, "192.0.2.2")];
        foreach (var remote in remotes)
        {
            inside.Send(remote.Address, 1);
            inside.Send(remote.Address, 2);
        }

        _simulator.RunUntilIdle(s_minute);
        var seen = remotes.SelectMany(remote => remote.Received).Select(arrival => arrival.From).ToList();
        Assert.Equal(6, seen.Count);
        Assert.All(seen, address => Assert.Equal("203.0.113.1", address.Address.ToString()));
        Assert.Equal(ports, seen.Distinct().Count());
    }

    [Theory]
    [InlineData(NatDependence.EndpointIndependent, true, true)]
    [InlineData(NatDependence.AddressDependent, true, false)]
    [InlineData(NatDependence.AddressAndPortDependent, false, false)]
    public void Filtering_FromOtherRemoteEnds_PassesAsItDependsOn(NatDependence filtering, bool samePeerOtherPort, bool stranger)
    {
        var (_, inside) = Behind(new NatBehavior { Filtering = filtering }, "nat", "203.0.113.1");
        var server = _simulator.AddHost("server", "192.0.2.1");
        Peer contacted = new(server, 1000);
        Peer otherPort = new(server, 1001);
        Peer other = new(_simulator.AddHost("stranger", "192.0.2.9"));
        inside.Send(contacted.Address, 0);
        _simulator.RunUntilIdle(s_minute);
        var outside = Assert.Single(contacted.Received).From;

        contacted.Send(outside, 1);
        otherPort.Send(outside, 2);
        other.Send(outside, 3);
        _simulator.RunUntilIdle(s_minute);

        var numbers = inside.Received.Select(arrival => arrival.Number).ToList();
        Assert.Contains(1, numbers);
        Assert.Equal(samePeerOtherPort, numbers.Contains(2));
        Assert.Equal(stranger, numbers.Contains(3));
        Assert.Equal(3 - numbers.Count, _simulator.Network.Counters.Lost(LossCause.Nat));
    }

    [Fact]
    public void HolePunching_TwoPortRestrictedCones_Succeeds() =>
        Assert.True(Punch(NatBehavior.PortRestrictedCone, NatBehavior.PortRestrictedCone));

    [Fact]
    public void HolePunching_SymmetricAndFullCone_Succeeds() => Assert.True(Punch(NatBehavior.Symmetric, NatBehavior.FullCone));

    [Fact]
    public void HolePunching_SymmetricAndPortRestricted_Fails() =>
        Assert.False(Punch(NatBehavior.Symmetric, NatBehavior.PortRestrictedCone));

    [Fact]
    public void HolePunching_TwoSymmetric_Fails() => Assert.False(Punch(NatBehavior.Symmetric, NatBehavior.Symmetric));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hairpin_TwoHostsInside_ReachEachOtherByOutsideAddressesOnlyIfItIsOn(bool hairpin)
    {
        var (nat, alice) = Behind(NatBehavior.FullCone with { Hairpin = hairpin }, "nat", "203.0.113.1");
        var bob = new Peer(nat.AddHost("bob", "192.168.1.3"), 5000);
        var server = new Peer(_simulator.AddHost("server", "192.0.2.1"));
        alice.Send(server.Address, 1);
        bob.Send(server.Address, 2);
        _simulator.RunUntilIdle(s_minute);
        var (aliceOutside, bobOutside) = (server.Received[0].From, server.Received[1].From);

        alice.Send(bobOutside, 3);
        _simulator.RunUntilIdle(s_minute);
        if (hairpin)
        {
            Assert.Equal(aliceOutside, Assert.Single(bob.Received).From);
        }
        else
        {
            Assert.Empty(bob.Received);
        }

        // By their inside addresses they always can.
        alice.Send(bob.Address, 4);
        _simulator.RunUntilIdle(s_minute);
        Assert.Equal(alice.Address, bob.Received[^1].From);
    }

    [Fact]
    public void MappingTimeout_Passed_InboundIsRefusedAndANewPortIsUsed()
    {
        var (_, inside) = Behind(NatBehavior.FullCone with { MappingTimeout = TimeSpan.FromSeconds(30) }, "nat", "203.0.113.1");
        var server = new Peer(_simulator.AddHost("server", "192.0.2.1"));
        inside.Send(server.Address, 1);
        _simulator.RunFor(TimeSpan.FromSeconds(29));
        server.Send(server.Received[0].From, 2);
        _simulator.RunFor(TimeSpan.FromSeconds(2));
        Assert.Single(inside.Received);

        server.Send(server.Received[0].From, 3);
        inside.Send(server.Address, 4);
        _simulator.RunFor(TimeSpan.FromSeconds(1));
        Assert.Single(inside.Received);
        Assert.NotEqual(server.Received[0].From, server.Received[1].From);
    }

    [Fact]
    public void MaxMappings_Reached_FurtherDatagramsAreLostUntilSomeTimeOut()
    {
        var (nat, inside) = Behind(NatBehavior.Symmetric with { MaxMappings = 3 }, "nat", "203.0.113.1");
        var server = _simulator.AddHost("server", "192.0.2.1");
        var remotes = Enumerable.Range(0, 5).Select(i => new Peer(server, (ushort)(1000 + i))).ToList();
        remotes.ForEach(remote => inside.Send(remote.Address, 1));
        _simulator.RunUntilIdle(s_minute);
        Assert.Equal(3, remotes.Count(remote => remote.Received.Count == 1));
        Assert.Equal(3, nat.Mappings);

        _simulator.RunFor(TimeSpan.FromMinutes(3));
        inside.Send(remotes[4].Address, 2);
        _simulator.RunUntilIdle(s_minute);
        Assert.Single(remotes[4].Received);
    }

    [Fact]
    public void NestedNats_AreLeftAndEnteredOneAfterTheOther()
    {
        var provider = _simulator.Network.AddNat("provider", NatBehavior.PortRestrictedCone, "203.0.113.1");
        var home = provider.AddNat("home", NatBehavior.PortRestrictedCone, "100.64.0.2");
        var alice = new Peer(home.AddHost("alice", "192.168.1.2"));
        var server = new Peer(_simulator.AddHost("server", "192.0.2.1"));
        server.OnReceived = arrival => server.Send(arrival.From, arrival.Number + 1);
        alice.Send(server.Address, 1);
        _simulator.RunUntilIdle(s_minute);
        Assert.Equal("203.0.113.1", server.Received[0].From.Address.ToString());
        Assert.Equal(2, Assert.Single(alice.Received).Number);
        Assert.Equal(server.Address, alice.Received[0].From);
        Assert.Equal(TimeSpan.FromMilliseconds(6), alice.Received[0].At - Instant.Zero);
    }

    [Fact]
    public void TwoNats_SameInsideAddresses_DoNotMeet()
    {
        var (_, alice) = Behind(NatBehavior.FullCone, "one", "203.0.113.1");
        var (_, bob) = Behind(NatBehavior.FullCone, "two", "203.0.113.2", "192.168.1.7");
        alice.Send(bob.Address, 1);
        _simulator.RunUntilIdle(s_minute);
        Assert.Empty(bob.Received);
        Assert.Equal(1, _simulator.Network.Counters.Lost(LossCause.NoRoute));
    }

    [Fact]
    public void Partition_OfHostsBehindNats_HoldsForTheWholeWay()
    {
        var (_, inside) = Behind(NatBehavior.FullCone, "nat", "203.0.113.1");
        var serverHost = _simulator.AddHost("server", "192.0.2.1");
        var server = new Peer(serverHost);
        _simulator.Network.Partition(_simulator.Network.Hosts[0], serverHost);
        inside.Send(server.Address, 1);
        _simulator.RunUntilIdle(s_minute);
        Assert.Empty(server.Received);
    }

    private (VirtualNat Nat, Peer Inside) Behind(NatBehavior behavior, string name, string outside, string inside = "192.168.1.2")
    {
        var nat = _simulator.Network.AddNat(name, behavior, outside);
        return (nat, new Peer(nat.AddHost(name + "-host", inside), 5000));
    }

    /// <summary>
    /// Both learn their outside address from a server, tell each other, and send thrice; whether anything arrives on both sides.
    /// </summary>
    private bool Punch(NatBehavior left, NatBehavior right)
    {
        var (_, alice) = Behind(left, "left", "203.0.113.1");
        var (_, bob) = Behind(right, "right", "203.0.113.2");
        var server = new Peer(_simulator.AddHost("server", "192.0.2.1"));
        alice.Send(server.Address, 1);
        bob.Send(server.Address, 2);
        _simulator.RunUntilIdle(s_minute);
        var (toAlice, toBob) = (server.Received[0].From, server.Received[1].From);

        // As ICE does, each side answers to where a datagram came from.
        alice.OnReceived = arrival => toBob = arrival.From;
        bob.OnReceived = arrival => toAlice = arrival.From;
        for (var i = 0; i < 3; i++)
        {
            alice.Send(toBob, 10 + i);
            bob.Send(toAlice, 20 + i);
            _simulator.RunUntilIdle(s_minute);
        }

        return alice.Received.Count > 0 && bob.Received.Count > 0;
    }
}
