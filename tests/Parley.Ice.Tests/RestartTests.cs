using Parley.Net;

namespace Parley.Ice.Tests;

public class RestartTests
{
    private static IceCredentials Fresh(ulong seed) => IceCredentials.Create(RandomSource.Seeded(1000 + seed));

    [Fact]
    public void LiveCall_BothRestart_DataNeverStopsAndTheNewPairTakesOver()
    {
        var pair = Pair.Connected();
        var old = pair.Left.Agent.SelectedPair!;
        pair.Left.Gathered.Clear();

        // left offers a restart …
        pair.Left.Agent.Restart(Fresh(1), pair.Now);
        Assert.True(pair.Left.Agent.IsRestarting);
        pair.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(IceAgentState.Connected, pair.Left.Agent.State);
        Assert.Equal(Fresh(1).UsernameFragment, Assert.Single(pair.Left.Gathered).UsernameFragment);
        pair.ExpectData();

        // … right answers …
        pair.Right.Agent.SetRemoteCredentials(pair.Left.Agent.LocalCredentials, false, pair.Now);
        pair.Right.Agent.Restart(Fresh(2), pair.Now);
        pair.World.RunFor(TimeSpan.FromSeconds(1));
        pair.ExpectData();

        // … and left hears the answer.
        pair.Left.Agent.SetRemoteCredentials(pair.Right.Agent.LocalCredentials, false, pair.Now);
        pair.World.RunFor(TimeSpan.FromSeconds(1));
        pair.ExpectData();
        Assert.False(pair.Left.Agent.IsRestarting);
        Assert.False(pair.Right.Agent.IsRestarting);
        Assert.NotSame(old, pair.Left.Agent.SelectedPair);
        Assert.True(pair.Left.Agent.SelectedPair!.IsNominated);
        Assert.Equal(Fresh(2).UsernameFragment, pair.Left.Agent.RemoteCredentials!.UsernameFragment);
        pair.EndCandidates();
        pair.ExpectBoth(IceAgentState.Completed, 1);
        Assert.Equal(
            [IceGatheringState.Gathering, IceGatheringState.Complete, IceGatheringState.Gathering, IceGatheringState.Complete],
            pair.Left.GatheringStates);
        pair.World.RunFor(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(IceAgentState.Disconnected, pair.Left.States);
        Assert.DoesNotContain(IceAgentState.Disconnected, pair.Right.States);
        Assert.Equal(0, pair.Left.DataRefused + pair.Right.DataRefused);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    public void LiveCall_ConstantData_NothingIsRefusedAcrossRestarts(double loss)
    {
        for (var seed = 1ul; seed <= 10; seed++)
        {
            var pair = Pair.Connected(seed);
            pair.World.Loss = loss;
            for (var round = 0ul; round < 3; round++)
            {
                pair.Left.Agent.Restart(Fresh(seed * 10 + round), pair.Now);
                pair.Right.Agent.SetRemoteCredentials(pair.Left.Agent.LocalCredentials, false, pair.Now);
                pair.Right.Agent.Restart(Fresh(seed * 10 + round + 500), pair.Now);
                for (var step = 0; step < 400; step++)
                {
                    if (step == 10)
                    {
                        pair.Left.Agent.SetRemoteCredentials(pair.Right.Agent.LocalCredentials, false, pair.Now);
                    }

                    Assert.True(pair.Left.SendData(), $"seed {seed}, round {round}, step {step}");
                    Assert.True(pair.Right.SendData(), $"seed {seed}, round {round}, step {step}");
                    pair.World.RunFor(TimeSpan.FromMilliseconds(50));
                }

                Assert.False(pair.Left.Agent.IsRestarting, $"seed {seed}, round {round}");
            }

            Assert.Equal(0, pair.Left.DataRefused + pair.Right.DataRefused);
        }
    }

    [Fact]
    public void RestartOffer_RolledBack_OldCredentialsAreInForce()
    {
        var pair = Pair.Connected();
        var credentials = pair.Left.Agent.LocalCredentials;
        var used = pair.Left.Agent.SelectedPair;
        pair.Left.Agent.Restart(Fresh(1), pair.Now);
        pair.World.RunFor(TimeSpan.FromSeconds(1));

        pair.Left.Agent.RollBackRestart(pair.Now);

        Assert.False(pair.Left.Agent.IsRestarting);
        Assert.Equal(credentials, pair.Left.Agent.LocalCredentials);
        Assert.Same(used, pair.Left.Agent.SelectedPair);
        pair.World.RunFor(TimeSpan.FromMinutes(1));
        pair.ExpectData();
        Assert.Equal(IceAgentState.Completed, pair.Left.Agent.State);
        Assert.Equal(IceAgentState.Completed, pair.Right.Agent.State);
    }

    [Fact]
    public void RemoteRestartOffer_RolledBackBeforeTheAnswer_IsForgotten()
    {
        var pair = Pair.Connected();
        pair.Right.Agent.SetRemoteCredentials(Fresh(1), false, pair.Now);
        pair.Right.Agent.AddRemoteCandidate(
            RawPeer.Host(RawPeer.Address("192.0.2.50:1")) with { UsernameFragment = Fresh(1).UsernameFragment }, pair.Now);
        pair.Right.Agent.RollBackRestart(pair.Now);
        pair.Right.Agent.AddRemoteCandidate(
            RawPeer.Host(RawPeer.Address("192.0.2.51:1")) with { UsernameFragment = Fresh(1).UsernameFragment }, pair.Now);
        Assert.Equal(1, pair.Right.Agent.Counters.UnknownGenerationCandidates);
        pair.World.RunFor(TimeSpan.FromSeconds(30));
        pair.ExpectData();
        Assert.DoesNotContain(pair.World.Sent, f => f.To.ToString().StartsWith("192.0.2.5", StringComparison.Ordinal));
    }

    [Fact]
    public void Glare_BothOfferARestart_PoliteRollsBackAndAnswers()
    {
        var pair = Pair.Connected();
        pair.Left.Agent.Restart(Fresh(1), pair.Now);
        pair.Right.Agent.Restart(Fresh(2), pair.Now);
        pair.World.RunFor(TimeSpan.FromMilliseconds(500));

        // right is polite: it rolls back, takes left's offer and answers it; left ignores right's offer.
        pair.Right.Agent.RollBackRestart(pair.Now);
        pair.Right.Agent.SetRemoteCredentials(pair.Left.Agent.LocalCredentials, false, pair.Now);
        pair.Right.Agent.Restart(Fresh(3), pair.Now);
        pair.Left.Agent.SetRemoteCredentials(pair.Right.Agent.LocalCredentials, false, pair.Now);
        pair.World.RunFor(TimeSpan.FromSeconds(1));

        Assert.False(pair.Left.Agent.IsRestarting);
        Assert.False(pair.Right.Agent.IsRestarting);
        Assert.Equal(Fresh(3), pair.Left.Agent.RemoteCredentials);
        Assert.Equal(Fresh(1), pair.Right.Agent.RemoteCredentials);
        pair.ExpectData();
    }

    [Fact]
    public void RestartCandidates_BeforeAndAfterCredentials_GoToTheirGeneration()
    {
        var pair = Pair.Connected();
        var agent = pair.Left.Agent;
        agent.Restart(Fresh(1), pair.Now);

        // Trickled ahead of the answer: kept. Of the generation before: theirs. Of a stranger, once the answer is there: dropped.
        agent.AddRemoteCandidate(
            RawPeer.Host(RawPeer.Address("192.0.2.50:1")) with { UsernameFragment = Fresh(2).UsernameFragment }, pair.Now);
        agent.SetRemoteCredentials(Fresh(2), false, pair.Now);
        agent.AddRemoteCandidate(
            RawPeer.Host(RawPeer.Address("192.0.2.51:1")) with { UsernameFragment = Fresh(2).UsernameFragment }, pair.Now);
        agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.52:1")) with { UsernameFragment = "stranger" }, pair.Now);
        agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.53:1")), pair.Now);

        Assert.Equal(["192.0.2.50:1", "192.0.2.51:1", "192.0.2.53:1"], agent.RemoteCandidates.Select(c => c.Address.ToString()));
        Assert.Equal(1, agent.Counters.UnknownGenerationCandidates);
        Assert.Equal(3, agent.RestartPairs.Count);
    }

    [Fact]
    public void FailedCall_Restart_BringsItBack()
    {
        var pair = Pair.Connected();
        pair.World.Drop = _ => true;
        pair.ExpectBoth(IceAgentState.Failed);
        pair.World.Drop = null;
        Restart(pair);
        Assert.Equal(IceAgentState.Checking, pair.Left.Agent.State);

        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 1);
        pair.ExpectData();
    }

    [Fact]
    public void OldPathDead_RestartOverNewAddress_MovesAtTheFirstValidPair()
    {
        // left changes networks: its old address is gone, the new one is gathered by the restart.
        var pair = Pair.Connected();
        pair.World.Drop = f => f.From.ToString() == "192.0.2.1:1000" || f.To.ToString() == "192.0.2.1:1000";
        pair.ExpectBoth(IceAgentState.Disconnected, 20);
        pair.Left.Bind("198.51.100.1:1000");
        Restart(pair);

        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 40);
        Assert.True(pair.World.RunUntil(() => !pair.Left.Agent.IsRestarting && !pair.Right.Agent.IsRestarting, TimeSpan.FromSeconds(5)));
        Assert.Equal("198.51.100.1:1000", pair.Left.Agent.SelectedPair!.LocalAddress.ToString());
        pair.ExpectData();
    }

    [Fact]
    public void NewPathsBroken_OldOneStillWorks_CallGoesOn()
    {
        var pair = Pair.Connected();
        pair.Left.Agent.Restart(Fresh(1), pair.Now);

        // The peer never answers the restart: its offer was lost, or it is busy.
        pair.World.RunFor(TimeSpan.FromMinutes(2));

        Assert.Equal(IceAgentState.Connected, pair.Left.Agent.State);
        pair.ExpectData();
    }

    [Fact]
    public void OldGeneration_AfterPromotion_IsAnsweredForFiveSecondsAndThenRefused()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        peer.Send(peer.Check(nominates: true));
        peer.AnswerAll(TimeSpan.FromMilliseconds(50));
        var oldUsername = $"{peer.Agent.LocalCredentials.UsernameFragment}:{peer.Credentials.UsernameFragment}";
        var oldKey = Stun.StunKey.ShortTerm(peer.Agent.LocalCredentials.Password);
        var elsewhere = RawPeer.Address("192.0.2.3:3000");

        peer.Agent.Restart(Fresh(1), peer.Now);
        peer.Agent.SetRemoteCredentials(new IceCredentials("peer2", peer.Credentials.Password), false, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(elsewhere), peer.Now);
        peer.Send(peer.Check(nominates: true, username: $"{Fresh(1).UsernameFragment}:peer2"), elsewhere);
        peer.AnswerAll(TimeSpan.FromMilliseconds(100));
        Assert.Equal(elsewhere, peer.Agent.SelectedPair!.RemoteAddress);

        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote));
        peer.Send(peer.Check(username: oldUsername, key: oldKey));
        Assert.Equal(0, RawPeer.ErrorOf(peer.Expect(Stun.StunClass.SuccessResponse).Datagram));

        peer.AnswerAll(TimeSpan.FromSeconds(5));
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote));
        peer.Send(peer.Check(username: oldUsername, key: oldKey));
        Assert.Equal(
            401, RawPeer.ErrorOf(peer.Receive().Single(s => RawPeer.ClassOf(s.Datagram) == Stun.StunClass.ErrorResponse).Datagram));
    }

    [Fact]
    public void Check_OfThePeersNextGenerationOnOurOldOne_IsNotAnswered()
    {
        // What a restarting Chromium sends from its new candidates until it has our answer.
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        peer.Send(peer.Check(nominates: true));
        peer.AnswerAll(TimeSpan.FromMilliseconds(50));
        var elsewhere = RawPeer.Address("192.0.2.3:3000");
        peer.Send(peer.Check(nominates: true, username: $"{peer.Agent.LocalCredentials.UsernameFragment}:next"), elsewhere);
        peer.ExpectNothing();
        Assert.Equal(1, peer.Agent.Counters.UnauthenticatedRequests);
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, elsewhere));
        Assert.Equal(RawPeer.Remote, peer.Agent.SelectedPair!.RemoteAddress);

        // Once we have answered, its checks name both new generations.
        peer.Agent.SetRemoteCredentials(new IceCredentials("next", peer.Credentials.Password), false, peer.Now);
        peer.Agent.Restart(Fresh(1), peer.Now);
        peer.Send(
            peer.Check(
                username: $"{Fresh(1).UsernameFragment}:next", key: Stun.StunKey.ShortTerm(Fresh(1).Password), nominates: true), elsewhere);
        Assert.Equal(0, RawPeer.ErrorOf(peer.Expect(Stun.StunClass.SuccessResponse).Datagram));
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, elsewhere));
    }

    [Fact]
    public void Check_OfThePeersOldGenerationOnOurNextOne_IsNotAnswered()
    {
        // What Chromium sends from its old candidates once it has our restart's offer.
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        peer.AnswerAll(TimeSpan.FromMilliseconds(50));
        peer.Agent.Restart(Fresh(1), peer.Now);
        var elsewhere = RawPeer.Address("192.0.2.3:3000");
        var key = Stun.StunKey.ShortTerm(Fresh(1).Password);
        peer.Send(peer.Check(username: $"{Fresh(1).UsernameFragment}:{peer.Credentials.UsernameFragment}", key: key), elsewhere);
        peer.ExpectNothing();
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, elsewhere));

        // A check of its next generation may run ahead of its answer.
        peer.Send(peer.Check(username: $"{Fresh(1).UsernameFragment}:next", key: key), elsewhere);
        Assert.Equal(0, RawPeer.ErrorOf(peer.Expect(Stun.StunClass.SuccessResponse).Datagram));
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, elsewhere));
    }

    [Fact]
    public void TwoRestartsWithinSeconds_PathBeforeBoth_IsHeardForFiveSeconds()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        peer.Send(peer.Check(nominates: true));
        peer.AnswerAll(TimeSpan.FromMilliseconds(50));
        for (var round = 1; round <= 2; round++)
        {
            var elsewhere = RawPeer.Address($"192.0.2.3:300{round}");
            peer.Agent.Restart(Fresh((ulong)round), peer.Now);
            peer.Agent.SetRemoteCredentials(new IceCredentials($"next{round}", peer.Credentials.Password), false, peer.Now);
            var username = $"{Fresh((ulong)round).UsernameFragment}:next{round}";
            peer.Send(
                peer.Check(nominates: true, username: username, key: Stun.StunKey.ShortTerm(Fresh((ulong)round).Password)), elsewhere);
            peer.AnswerAll(TimeSpan.FromSeconds(1));
            Assert.Equal(elsewhere, peer.Agent.SelectedPair!.RemoteAddress);
            Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote));
        }

        peer.AnswerAll(TimeSpan.FromSeconds(3));
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote));
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Address("192.0.2.3:3001")));
    }

    [Fact]
    public void Restart_BeforeAnyAnswer_LaterAnswerMeetsTheNewGeneration()
    {
        var pair = new Pair().BindHosts();
        pair.TrickleBothWays();
        pair.Left.Agent.StartGathering(pair.Now);
        pair.Right.Agent.StartGathering(pair.Now);
        pair.World.RunFor(TimeSpan.FromSeconds(1));
        pair.Left.Agent.Restart(Fresh(1), pair.Now);
        pair.ExchangeCredentials();
        pair.World.RunFor(TimeSpan.FromMilliseconds(10));
        pair.Right.Agent.AddRemoteCandidate(pair.Left.Gathered[^1], pair.Now);
        pair.Left.Agent.AddRemoteCandidate(pair.Right.Gathered[^1], pair.Now);
        pair.ExpectBoth(IceAgentState.Connected, 1);
        pair.ExpectData();
    }

    private static void Restart(Pair pair)
    {
        pair.Left.Agent.Restart(Fresh(7), pair.Now);
        pair.Right.Agent.SetRemoteCredentials(pair.Left.Agent.LocalCredentials, false, pair.Now);
        pair.Right.Agent.Restart(Fresh(8), pair.Now);
        pair.Left.Agent.SetRemoteCredentials(pair.Right.Agent.LocalCredentials, false, pair.Now);
    }
}
