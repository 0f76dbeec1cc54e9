using Parley.Net;

namespace Parley.Ice.Tests;

public class NatTests
{
    private static readonly TransportAddress Server = RawPeer.Address("198.51.100.1:3478");

    private static Pair Behind(Nat left, Nat? right)
    {
        var pair = new Pair();
        pair.World.Servers.Add(new StunServerCore(Server));
        pair.World.Nats.Add(left);
        pair.Left.Bind("10.0.0.5:5000");
        if (right is not null)
        {
            pair.World.Nats.Add(right);
            pair.Right.Bind("10.1.0.5:5000");
        }
        else
        {
            pair.Right.Bind("192.0.2.2:2000");
        }

        pair.Left.Agent.AddStunServer(Server);
        pair.Right.Agent.AddStunServer(Server);
        return pair;
    }

    [Fact]
    public void OneSideBehindNat_Connects()
    {
        var pair = Behind(Left(NatBehaviour.EndpointIndependent), null);
        pair.Connect(withinSeconds: 3);
        pair.ExpectData();
        Assert.Equal("203.0.113.1", pair.Right.Agent.SelectedPair!.RemoteAddress.Address.ToString());
        Assert.NotEqual(IceCandidateType.Host, pair.Left.Agent.SelectedPair!.Local.Type);
    }

    [Fact]
    public void BothBehindPortRestrictedNats_ConnectByServerReflexiveCandidates()
    {
        var pair = Behind(Left(NatBehaviour.EndpointIndependent), Right(NatBehaviour.EndpointIndependent));
        pair.Connect(withinSeconds: 5);
        pair.ExpectData();
        Assert.Equal(IceCandidateType.ServerReflexive, pair.Left.Agent.SelectedPair!.Local.Type);
        Assert.Equal("203.0.113.2", pair.Left.Agent.SelectedPair!.RemoteAddress.Address.ToString());
    }

    [Fact]
    public void SymmetricNatAgainstOpenOne_ConnectsByAPeerReflexiveCandidate()
    {
        var pair = Behind(
            new Nat("203.0.113.1", "10.0.0.", NatBehaviour.AddressAndPortDependent, NatBehaviour.AddressAndPortDependent),
            new Nat("203.0.113.2", "10.1.0.", NatBehaviour.EndpointIndependent, NatBehaviour.EndpointIndependent));
        pair.Connect(withinSeconds: 5);
        pair.ExpectData();
        Assert.Equal(IceCandidateType.PeerReflexive, pair.Left.Agent.SelectedPair!.Local.Type);
        Assert.Equal(IceCandidateType.PeerReflexive, pair.Right.Agent.SelectedPair!.Remote.Type);
        Assert.DoesNotContain(pair.Left.Gathered, c => c.Type == IceCandidateType.PeerReflexive);
    }

    [Fact]
    public void ServerSlowerThanTheChecks_ItsCandidateIsToldAndTakesThePlaceOfThePeerReflexiveOne()
    {
        var pair = Behind(Left(NatBehaviour.EndpointIndependent), null);
        var isServerSilent = true;
        pair.World.Drop = flight => isServerSilent && flight.Sender.Length == 0;
        pair.Start();
        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 3);
        Assert.Equal(IceCandidateType.PeerReflexive, pair.Left.Agent.SelectedPair!.Local.Type);
        Assert.DoesNotContain(pair.Left.Gathered, c => c.Type == IceCandidateType.ServerReflexive);

        isServerSilent = false;
        pair.World.RunFor(TimeSpan.FromSeconds(5));
        var reflexive = Assert.Single(pair.Left.Gathered, c => c.Type == IceCandidateType.ServerReflexive);
        Assert.Equal(("203.0.113.1", reflexive), (reflexive.Address.Address.ToString(), pair.Left.Agent.SelectedPair!.Local));
        pair.ExpectData();
    }

    [Fact]
    public void TwoSymmetricNats_FailAndSayIt()
    {
        var pair = Behind(
            new Nat("203.0.113.1", "10.0.0.", NatBehaviour.AddressAndPortDependent, NatBehaviour.AddressAndPortDependent),
            new Nat("203.0.113.2", "10.1.0.", NatBehaviour.AddressAndPortDependent, NatBehaviour.AddressAndPortDependent));
        pair.Start();
        pair.World.RunFor(TimeSpan.FromSeconds(5));
        pair.EndCandidates();
        pair.ExpectBoth(IceAgentState.Failed, withinSeconds: 60);
        Assert.False(pair.Left.Agent.CanSend);
    }

    private static Nat Left(NatBehaviour mapping) => new("203.0.113.1", "10.0.0.", mapping, NatBehaviour.AddressAndPortDependent);

    private static Nat Right(NatBehaviour mapping) => new("203.0.113.2", "10.1.0.", mapping, NatBehaviour.AddressAndPortDependent);
}
