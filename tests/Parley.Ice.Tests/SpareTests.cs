using Parley.Net;
using Parley.Stun;

namespace Parley.Ice.Tests;

/// <summary>What becomes of a call when one of the addresses it could use dies.</summary>
public class SpareTests
{
    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("192.0.2.2", true)]
    [InlineData("192.0.2.2", false)]
    public void AddressInUseDies_TheOtherIsUsedOnBothSidesWithinThreeSeconds(string dead, bool flows)
    {
        var pair = TwoAddressesEach();
        pair.Connect();
        pair.World.RunFor(TimeSpan.FromSeconds(30.3));
        Assert.Equal(("192.0.2.1:1000", "192.0.2.2:2000"), Path(pair.Left));
        pair.World.Drop = flight => Is(flight.From, dead) || Is(flight.To, dead);

        RunFor(pair, 3, flows);
        AssertMoved(pair, dead);
        Assert.DoesNotContain(IceAgentState.Disconnected, pair.Left.States);
        Assert.DoesNotContain(IceAgentState.Disconnected, pair.Right.States);

        // And it stays there.
        RunFor(pair, 20, flows);
        AssertMoved(pair, dead);
        Assert.Equal(IceAgentState.Completed, pair.Left.Agent.State);
        Assert.Equal(1, pair.Left.Agent.Counters.Moves);
        Assert.True(pair.Left.Agent.SelectedPair!.IsNominated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OneDirectionOfThePathDies_BothMoveAway(bool towardsLeft)
    {
        var pair = TwoAddressesEach();
        pair.Connect();
        pair.World.RunFor(TimeSpan.FromSeconds(20));
        pair.World.Drop = flight => Is(towardsLeft ? flight.To : flight.From, "192.0.2.1");
        RunFor(pair, 12, flows: true);
        AssertMoved(pair, "192.0.2.1");
    }

    [Fact]
    public void AddressesDieInTurn_EachTimeTheCallGoesOn()
    {
        var pair = TwoAddressesEach();
        pair.Connect();
        pair.World.RunFor(TimeSpan.FromSeconds(10));
        pair.World.Drop = static flight => Is(flight.From, "192.0.2.1") || Is(flight.To, "192.0.2.1");
        RunFor(pair, 3, flows: true);
        AssertMoved(pair, "192.0.2.1");

        // The first comes back, the second one dies.
        pair.World.Drop = null;
        RunFor(pair, 20, flows: true);
        pair.World.Drop = static flight => Is(flight.From, "198.51.100.1") || Is(flight.To, "198.51.100.1");
        RunFor(pair, 3, flows: true);
        AssertMoved(pair, "198.51.100.1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LossOfAFifth_NeverMoves(bool flows)
    {
        for (var seed = 1ul; seed <= 3; seed++)
        {
            var pair = TwoAddressesEach(seed);
            pair.Connect();
            pair.World.Loss = 0.2;
            RunFor(pair, flows ? 60 : 300, flows);
            Assert.Equal(0, pair.Left.Agent.Counters.Moves + pair.Right.Agent.Counters.Moves);
        }
    }

    [Fact]
    public void Spares_CostOfAnIdleCall_IsBounded()
    {
        var pair = TwoAddressesEach();
        pair.Connect();
        pair.World.RunFor(TimeSpan.FromSeconds(10));
        pair.World.Sent.Clear();
        pair.World.RunFor(TimeSpan.FromMinutes(10));

        // Requests and responses of both sides: less than 3 kbit/s in all.
        var bits = pair.World.Sent.Sum(static flight => (flight.Datagram.Length + 28) * 8) / 600.0;
        Assert.InRange(bits, 1, 6_000);
        Assert.Equal(IceAgentState.Completed, pair.Left.Agent.State);
    }

    [Fact]
    public void Spares_CostOfACallThatFlows_IsAFewChecksAMinute()
    {
        var pair = TwoAddressesEach();
        pair.Connect();
        RunFor(pair, 10, flows: true);
        pair.World.Sent.Clear();
        RunFor(pair, 120, flows: true);
        var checks = pair.World.Sent.Count(static flight =>
            flight.Sender == "left" && flight.Datagram[0] <= 3 && RawPeer.ClassOf(flight.Datagram) == StunClass.Request);

        // The pair in use each 5 s, three spares each 10 s.
        Assert.InRange(checks, 40, 80);
    }

    [Fact]
    public void PeerThatHoldsToItsNomination_IsNotHeardOnTheNewPair_DisconnectedAfterASecond()
    {
        var peer = TwoWays(IceRole.Controlling, out var other);
        peer.Events();

        // It answers checks on both ways, later on the second alone; it never checks, nor sends, by the second.
        var end = peer.Now + TimeSpan.FromSeconds(3);
        peer.AnswerAll(end - peer.Now, to => to == other);
        Assert.Equal(other, peer.Agent.SelectedPair!.RemoteAddress);
        Assert.Equal(IceAgentState.Disconnected, StateWithin(peer, TimeSpan.FromSeconds(1.2), other));

        // Once it is heard there the call is as good as ever.
        peer.Send(peer.Check(controlling: false), other);
        peer.AnswerAll(TimeSpan.FromMilliseconds(100), to => to == other);
        Assert.Equal(IceAgentState.Connected, peer.Agent.State);
    }

    [Fact]
    public void PeerThatFollows_IsNeverDisconnected()
    {
        var peer = TwoWays(IceRole.Controlling, out var other);
        peer.Events();
        for (var turn = 0; turn < 50; turn++)
        {
            peer.AnswerAll(TimeSpan.FromMilliseconds(200), to => to == other);
            peer.Send(peer.Check(controlling: false), other);
        }

        Assert.Equal(other, peer.Agent.SelectedPair!.RemoteAddress);
        Assert.DoesNotContain(
            peer.Events(), happened => happened is { Kind: IceEventKind.StateChanged, State: IceAgentState.Disconnected });
    }

    [Fact]
    public void ControllingPeerNominatesAnotherPairAndSendsThere_IsFollowed()
    {
        var peer = TwoWays(IceRole.Controlled, out var other);
        peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote, out var first);
        first!.CountReceived(100, peer.Now);
        peer.AnswerAll(TimeSpan.FromMilliseconds(100));
        peer.Send(peer.Check(nominates: true), other);
        for (var turn = 0; turn < 12; turn++)
        {
            peer.AnswerAll(TimeSpan.FromMilliseconds(100));
            Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, other, out var second));
            second!.CountReceived(100, peer.Now);
        }

        peer.AnswerAll(TimeSpan.FromSeconds(1));
        Assert.Equal(other, peer.Agent.SelectedPair!.RemoteAddress);
    }

    [Fact]
    public void CandidateSignaledAfterNomination_BecomesASpare()
    {
        var pair = new Pair().BindHosts();
        pair.Start();
        pair.ExpectBoth(IceAgentState.Connected);
        pair.World.RunFor(TimeSpan.FromSeconds(5));
        pair.Right.Bind("198.51.100.2:2000");
        pair.World.RunFor(TimeSpan.FromSeconds(1));
        pair.World.Drop = static flight => Is(flight.From, "192.0.2.2") || Is(flight.To, "192.0.2.2");
        RunFor(pair, 3, flows: true);
        Assert.Equal("198.51.100.2:2000", pair.Left.Agent.SelectedPair!.RemoteAddress.ToString());
        pair.ExpectData();
    }

    private static IceAgentState StateWithin(RawPeer peer, TimeSpan duration, TransportAddress other)
    {
        peer.AnswerAll(duration, to => to == other);
        return peer.Agent.State;
    }

    /// <summary>An agent with two ways to its peer, both valid; the first is nominated and in use.</summary>
    private static RawPeer TwoWays(IceRole role, out TransportAddress other)
    {
        var peer = new RawPeer(new IceAgentOptions { Role = role });
        var second = RawPeer.Address("192.0.2.3:3000");
        peer.Agent.SetRemoteCredentials(peer.Credentials, false, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Remote), peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(second, 1000) with { Foundation = "2" }, peer.Now);
        peer.Send(peer.Check(controlling: role == IceRole.Controlled, nominates: role == IceRole.Controlled));
        peer.AnswerAll(TimeSpan.FromSeconds(2));
        Assert.Equal(RawPeer.Remote, peer.Agent.SelectedPair!.RemoteAddress);
        Assert.True(peer.Agent.SelectedPair.IsNominated);
        other = second;
        return peer;
    }

    private static Pair TwoAddressesEach(ulong seed = 1)
    {
        var pair = new Pair(seed).BindHosts();
        pair.Left.Bind("198.51.100.1:1000", NetworkInterfaceKind.Cellular);
        pair.Right.Bind("198.51.100.2:2000", NetworkInterfaceKind.Cellular);
        return pair;
    }

    private static void RunFor(Pair pair, double seconds, bool flows)
    {
        if (!flows)
        {
            pair.World.RunFor(TimeSpan.FromSeconds(seconds));
            return;
        }

        for (var sent = 0; sent < seconds * 50; sent++)
        {
            pair.Left.SendData();
            pair.Right.SendData();
            pair.World.RunFor(TimeSpan.FromMilliseconds(20));
        }
    }

    private static void AssertMoved(Pair pair, string dead)
    {
        foreach (var node in (Node[])[pair.Left, pair.Right])
        {
            var (local, remote) = Path(node);
            Assert.False(
                local.StartsWith(dead, StringComparison.Ordinal) || remote.StartsWith(dead, StringComparison.Ordinal),
                $"{node.Name} uses {local} to {remote}");
        }

        pair.ExpectData();
    }

    private static (string Local, string Remote) Path(Node node) =>
        (node.Agent.SelectedPair!.LocalAddress.ToString(), node.Agent.SelectedPair.RemoteAddress.ToString());

    private static bool Is(TransportAddress address, string text) => address.Address.ToString() == text;
}
