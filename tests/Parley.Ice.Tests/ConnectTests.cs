using Parley.Net;
using Parley.Stun;

namespace Parley.Ice.Tests;

public class ConnectTests
{
    [Fact]
    public void TwoHosts_Trickle_ConnectWithinThreeRoundTrips()
    {
        var pair = new Pair().BindHosts().Start();

        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 0.06);

        pair.ExpectData();
        Assert.Equal([IceAgentState.Checking, IceAgentState.Connected], pair.Left.States);
        Assert.Equal([IceAgentState.Checking, IceAgentState.Connected], pair.Right.States);
        Assert.Equal([IceGatheringState.Gathering, IceGatheringState.Complete], pair.Left.GatheringStates);
    }

    [Fact]
    public void TwoHosts_EndOfCandidates_CompleteOnOnePair()
    {
        var pair = Pair.Connected();

        var left = pair.Left.Agent.SelectedPair!;
        var right = pair.Right.Agent.SelectedPair!;
        Assert.Equal(left.LocalAddress, right.RemoteAddress);
        Assert.Equal(left.RemoteAddress, right.LocalAddress);
        Assert.True(left.IsNominated);
        Assert.True(right.IsNominated);
        Assert.Equal(left.Priority, right.Priority);
        Assert.Equal(IceCandidateType.Host, left.Local.Type);
        Assert.Equal(IceCandidateType.Host, left.Remote.Type);
        Assert.Equal(TimeSpan.FromMilliseconds(20), left.CurrentRoundTripTime);
        Assert.Equal(IceAgentState.Completed, pair.Left.States[^1]);
    }

    [Fact]
    public void FirstCheck_CredentialsAndCandidateKnown_IsSentAtOnce()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        var (check, to) = peer.Expect(Stun.StunClass.Request);
        Assert.Equal(RawPeer.Remote, to);
        Assert.True(RawPeer.Has(check, Stun.StunAttributeType.IceControlled));
        Assert.False(RawPeer.Has(check, Stun.StunAttributeType.UseCandidate));
    }

    [Fact]
    public void BothFamilies_SameInterface_IPv6IsPreferred()
    {
        var pair = new Pair();
        pair.Left.Bind("192.0.2.1:1000").Bind("[2001:db8::1]:1000");
        pair.Right.Bind("192.0.2.2:2000").Bind("[2001:db8::2]:2000");
        pair.Connect();

        Assert.Equal("[2001:db8::2]:2000", pair.Left.Agent.SelectedPair!.RemoteAddress.ToString());
        Assert.Equal("[2001:db8::1]:1000", pair.Right.Agent.SelectedPair!.RemoteAddress.ToString());
    }

    [Fact]
    public void BothFamilies_IPv6Broken_IPv4Carries()
    {
        var pair = new Pair();
        pair.World.Drop = f => f.To.ToString().StartsWith('[');
        pair.Left.Bind("192.0.2.1:1000").Bind("[2001:db8::1]:1000");
        pair.Right.Bind("192.0.2.2:2000").Bind("[2001:db8::2]:2000");
        pair.Connect(withinSeconds: 1);

        Assert.Equal("192.0.2.2:2000", pair.Left.Agent.SelectedPair!.RemoteAddress.ToString());
        Assert.Equal("192.0.2.1:1000", pair.Right.Agent.SelectedPair!.RemoteAddress.ToString());
    }

    [Fact]
    public void Candidates_LongAfterCredentials_StillConnect()
    {
        var pair = new Pair().BindHosts();
        pair.ExchangeCredentials();
        pair.Left.Agent.StartGathering(pair.Now);
        pair.Right.Agent.StartGathering(pair.Now);
        pair.World.RunFor(TimeSpan.FromSeconds(30));
        Assert.Equal(IceAgentState.New, pair.Left.Agent.State);

        pair.Left.Agent.AddRemoteCandidate(pair.Right.Gathered[0], pair.Now);
        pair.Right.Agent.AddRemoteCandidate(pair.Left.Gathered[0], pair.Now);

        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 0.1);
    }

    [Fact]
    public void Candidates_BeforeCredentials_AreKeptAndThoseOfAnotherUfragDropped()
    {
        var pair = new Pair().BindHosts();
        pair.TrickleBothWays();
        pair.Left.Agent.StartGathering(pair.Now);
        pair.Right.Agent.StartGathering(pair.Now);
        pair.Left.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("203.0.113.1:1")) with { UsernameFragment = "gone" }, pair.Now);
        pair.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(IceAgentState.New, pair.Left.Agent.State);

        pair.ExchangeCredentials();

        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 0.1);
        Assert.Equal(1, pair.Left.Agent.Counters.UnknownGenerationCandidates);
        Assert.DoesNotContain(pair.World.Sent, f => f.To.ToString() == "203.0.113.1:1");
    }

    [Fact]
    public void Checks_BeforeRemoteCredentials_AreAnsweredAndActedUponLater()
    {
        // left → right before right knows anything of left: answered; then right checks at once, candidate untold.
        var pair = new Pair().BindHosts();
        pair.Right.Agent.StartGathering(pair.Now);
        pair.Left.Agent.StartGathering(pair.Now);
        pair.World.RunFor(TimeSpan.FromMilliseconds(1));
        pair.Left.Agent.SetRemoteCredentials(pair.Right.Agent.LocalCredentials, isLite: false, pair.Now);
        pair.Left.Agent.AddRemoteCandidate(pair.Right.Gathered[0], pair.Now);
        Assert.True(pair.World.RunUntil(() => pair.Left.Agent.State == IceAgentState.Connected, TimeSpan.FromSeconds(0.1)));
        Assert.Equal(IceAgentState.New, pair.Right.Agent.State);

        pair.Right.Agent.SetRemoteCredentials(pair.Left.Agent.LocalCredentials, isLite: false, pair.Now);

        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 0.1);
        Assert.True(pair.World.RunUntil(() => Pair.IsNominated(pair.Right), TimeSpan.FromSeconds(1)));
        Assert.Equal(IceCandidateType.PeerReflexive, pair.Right.Agent.SelectedPair!.Remote.Type);
    }

    [Fact]
    public void PeerReflexiveRemote_CandidateIsSignaledLater_TakesItsPlace()
    {
        var peer = new RawPeer();
        peer.Introduce();
        peer.Send(peer.Check());
        Assert.Equal(IceCandidateType.PeerReflexive, Assert.Single(peer.Agent.RemoteCandidates).Type);

        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Remote), peer.Now);

        Assert.Equal(IceCandidateType.Host, Assert.Single(peer.Agent.RemoteCandidates).Type);
        Assert.Equal(IceCandidateType.Host, Assert.Single(peer.Agent.Pairs).Remote.Type);
        Assert.Equal(0, peer.Agent.Counters.DuplicateCandidates);
    }

    [Fact]
    public void NoAnswer_EndOfCandidatesTold_UnreachableThenFailedAfterPatienceAndRecoversWithACandidateThatWorks()
    {
        var pair = new Pair().BindHosts();
        pair.World.Drop = _ => true;
        pair.Start();
        pair.EndCandidates();
        pair.World.RunFor(TimeSpan.FromSeconds(14.9));
        Assert.Equal(IceAgentState.Checking, pair.Left.Agent.State);
        pair.ExpectBoth(IceAgentState.Unreachable, withinSeconds: 0.2);
        pair.World.RunFor(TimeSpan.FromSeconds(24));
        Assert.Equal(IceAgentState.Unreachable, pair.Left.Agent.State);

        // RFC 8863: 39.5 s, and the last transaction ends with it.
        pair.ExpectBoth(IceAgentState.Failed, withinSeconds: 2);

        pair.World.Drop = null;
        pair.Left.Bind("192.0.2.9:1000");
        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 1);
    }

    [Fact]
    public void RequestsSent_OfALossyStart_CountTransactionsAndNoRetransmissions()
    {
        var pair = new Pair().BindHosts();
        pair.World.Drop = _ => true;
        pair.Start();
        pair.World.RunFor(TimeSpan.FromSeconds(3));
        pair.World.Drop = null;
        pair.EndCandidates();
        pair.ExpectBoth(IceAgentState.Completed);

        var requests = pair.World.Sent.Where(f => f.Sender == "left" && RawPeer.ClassOf(f.Datagram) == StunClass.Request).ToList();
        var transactions = requests.Select(f => Convert.ToHexString(f.Datagram, 8, 12)).Distinct().Count();
        Assert.True(requests.Count > transactions);
        Assert.Equal(transactions, pair.Left.Agent.Pairs.Sum(each => each.RequestsSent + each.ConsentRequestsSent));
        Assert.All(pair.Left.Agent.Pairs, each => Assert.True(each.ResponsesReceived <= each.RequestsSent + each.ConsentRequestsSent));
    }

    [Fact]
    public void NoAnswer_EndOfCandidatesNotTold_StaysUnreachable()
    {
        var pair = new Pair().BindHosts();
        pair.World.Drop = _ => true;
        pair.Start();
        pair.World.RunFor(TimeSpan.FromMinutes(2));
        Assert.Equal(IceAgentState.Unreachable, pair.Left.Agent.State);
        Assert.DoesNotContain(IceAgentState.Failed, pair.Left.States);

        pair.EndCandidates();
        pair.ExpectBoth(IceAgentState.Failed, withinSeconds: 0.1);
    }

    [Fact]
    public void PeerWithoutCandidates_IsUnreachableAfterPatience()
    {
        var peer = new RawPeer();
        peer.Introduce();
        peer.AnswerAll(TimeSpan.FromSeconds(39.4));
        Assert.Equal(IceAgentState.New, peer.Agent.State);
        peer.AnswerAll(TimeSpan.FromSeconds(0.2));
        Assert.Equal(IceAgentState.Unreachable, peer.Agent.State);
    }

    /// <summary>
    /// Each candidate has its own time, as each connection has in libwebrtc: one that comes late is tried as long as the first.
    /// </summary>
    [Fact]
    public void CandidateThatComesLate_IsTriedForFifteenSeconds()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        peer.AnswerAll(TimeSpan.FromSeconds(16), static _ => false);
        Assert.Equal(IceAgentState.Unreachable, peer.Agent.State);

        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.3:3000")), peer.Now);
        peer.AnswerAll(TimeSpan.FromSeconds(14.9), static _ => false);
        Assert.Equal(IceAgentState.Checking, peer.Agent.State);
        peer.AnswerAll(TimeSpan.FromSeconds(0.3), static _ => false);
        Assert.Equal(IceAgentState.Unreachable, peer.Agent.State);
    }

    /// <summary>Copy and paste: the answerer checks long before the offerer has its answer, and nothing may be over by then.</summary>
    [Theory]
    [InlineData(35, false)]
    [InlineData(60, false)]
    [InlineData(200, false)]
    [InlineData(35, true)]
    [InlineData(60, true)]
    [InlineData(200, true)]
    [InlineData(590, true)]
    public void AnswerThatReachesTheOffererLate_Connects(int seconds, bool behindNats)
    {
        var pair = new Pair();
        var server = RawPeer.Address("198.51.100.1:3478");
        if (behindNats)
        {
            // Neither NAT lets in whom its host has not sent to.
            pair.World.Nats.Add(
                new Nat("203.0.113.1", "10.0.0.", NatBehaviour.EndpointIndependent, NatBehaviour.AddressAndPortDependent)
                {
                    Timeout = TimeSpan.FromSeconds(30),
                });
            pair.World.Nats.Add(
                new Nat("203.0.113.2", "10.1.0.", NatBehaviour.EndpointIndependent, NatBehaviour.AddressAndPortDependent)
                {
                    Timeout = TimeSpan.FromSeconds(30),
                });
            pair.World.Servers.Add(new StunServerCore(server));
        }

        pair.Left.Bind(behindNats ? "10.0.0.5:5000" : "192.0.2.1:1000");
        pair.Right.Bind(behindNats ? "10.1.0.5:5000" : "192.0.2.2:2000");
        pair.Left.Agent.AddStunServer(server);
        pair.Right.Agent.AddStunServer(server);
        pair.Left.Agent.StartGathering(pair.Now);
        pair.Right.Agent.StartGathering(pair.Now);
        pair.World.RunFor(TimeSpan.FromSeconds(2));

        // The answerer has the offer; the offerer waits for the answer.
        pair.Right.Agent.SetRemoteCredentials(pair.Left.Agent.LocalCredentials, false, pair.Now);
        pair.Left.Gathered.ForEach(candidate => pair.Right.Agent.AddRemoteCandidate(candidate, pair.Now));
        pair.World.RunFor(TimeSpan.FromSeconds(seconds));
        Assert.False(pair.Right.Agent.HasBeenChecked);

        pair.Left.Agent.SetRemoteCredentials(pair.Right.Agent.LocalCredentials, false, pair.Now);
        pair.Right.Gathered.ForEach(candidate => pair.Left.Agent.AddRemoteCandidate(candidate, pair.Now));
        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 20);
        pair.ExpectData();
        Assert.True(pair.Right.Agent.HasBeenChecked);
    }

    [Fact]
    public void Closed_AnyCall_DoesNothing()
    {
        var pair = Pair.Connected();
        pair.Left.Agent.Close();
        pair.Left.Agent.Close();

        Assert.Equal(IceAgentState.Closed, pair.Left.Agent.State);
        Assert.False(pair.Left.Agent.CanSend);
        Assert.Null(pair.Left.Agent.Deadline);
        pair.Left.Agent.Restart(IceCredentials.Create(RandomSource.Seeded(3)), pair.Now);
        pair.Left.Agent.RollBackRestart(pair.Now);
        pair.Left.Agent.AddLocalAddress(RawPeer.Address("192.0.2.77:7"), NetworkInterfaceKind.Ethernet, pair.Now);
        pair.Left.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.78:7")), pair.Now);
        pair.Left.Agent.SetRemoteCredentials(IceCredentials.Create(RandomSource.Seeded(4)), false, pair.Now);
        var sent = pair.World.Sent.Count(f => f.Sender == "left");
        Assert.True(pair.World.RunUntil(() => pair.Right.Agent.State == IceAgentState.Failed, TimeSpan.FromSeconds(60)));
        Assert.Equal(sent, pair.World.Sent.Count(f => f.Sender == "left"));
        Assert.Equal(IceAgentState.Closed, pair.Left.States[^1]);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    public void LossyPath_FiftySeeds_AllConnectAndNominate(double loss)
    {
        for (var seed = 1ul; seed <= 50; seed++)
        {
            var pair = new Pair(seed).BindHosts();
            pair.World.Loss = loss;
            pair.Start();
            var isDone = pair.World.RunUntil(
                () => Pair.IsNominated(pair.Left) && Pair.IsNominated(pair.Right), TimeSpan.FromSeconds(loss > 0.3 ? 60 : 15));
            Assert.True(isDone, $"seed {seed}: left {pair.Left.Agent.State}, right {pair.Right.Agent.State}");
        }
    }
}
