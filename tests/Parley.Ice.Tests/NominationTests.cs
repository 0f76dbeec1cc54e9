using Parley.Net;
using Parley.Stun;

namespace Parley.Ice.Tests;

public class NominationTests
{
    private static readonly TransportAddress Better = RawPeer.Address("192.0.2.3:3000");

    [Fact]
    public void Checks_Order_FollowsPairPriority()
    {
        var peer = new RawPeer();
        peer.Agent.SetRemoteCredentials(peer.Credentials, false, peer.Now);
        uint[] priorities = [100, 900, 500, 300, 700];
        foreach (var priority in priorities)
        {
            peer.Agent.AddRemoteCandidate(
                RawPeer.Host(RawPeer.Address($"192.0.2.9:{priority}"), priority) with { Foundation = $"{priority}" }, peer.Now);
        }

        var seen = peer.AnswerAll(TimeSpan.FromMilliseconds(100), static _ => false);
        Assert.Equal([900, 700, 500, 300, 100], seen.Take(5).Select(s => (int)s.To.Port));
    }

    [Fact]
    public void Checks_Pacing_OneEachTwentyMilliseconds()
    {
        var peer = new RawPeer();
        peer.Introduce([.. Enumerable.Range(1, 10).Select(i => RawPeer.Address($"192.0.2.9:{i}"))]);
        for (var turn = 0; turn < 10; turn++)
        {
            peer.Expect(StunClass.Request);
            peer.ExpectNothing();
            peer.Now += TimeSpan.FromMilliseconds(19);
            peer.ExpectNothing();
            peer.Now += TimeSpan.FromMilliseconds(1);
        }
    }

    [Fact]
    public void Frozen_SameFoundation_ThawsWithTheFirstSuccess()
    {
        // Two of one foundation: RFC 8445 §6.1.2.6 freezes the second until the first has shown what it is worth.
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote, Better);
        Assert.Equal([IceCandidatePairState.Waiting, IceCandidatePairState.Frozen], peer.Agent.Pairs.Select(p => p.State));
        var (check, to) = peer.Expect(StunClass.Request);
        peer.Send(peer.Answer(check), to);
        Assert.Equal([IceCandidatePairState.Succeeded, IceCandidatePairState.Waiting], peer.Agent.Pairs.Select(p => p.State));
    }

    [Fact]
    public void Frozen_FirstOfItsFoundationSilent_IsCheckedAfterTheWaitingOnes()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote, Better);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.4:4"), 100) with { Foundation = "2" }, peer.Now);
        var seen = peer.AnswerAll(TimeSpan.FromMilliseconds(100), static _ => false);
        Assert.Equal([2000, 4, 3000], seen.Select(s => (int)s.To.Port));
    }

    [Fact]
    public void Controlling_BestPairValid_NominatesAtOnce()
    {
        var peer = new RawPeer(new IceAgentOptions { Role = IceRole.Controlling });
        peer.Introduce(RawPeer.Remote);
        var seen = peer.AnswerAll(TimeSpan.FromMilliseconds(100));
        Assert.Equal(2, seen.Count);
        Assert.False(RawPeer.Has(seen[0].Datagram, StunAttributeType.UseCandidate));
        Assert.True(RawPeer.Has(seen[1].Datagram, StunAttributeType.UseCandidate));
        Assert.True(peer.Agent.SelectedPair!.IsNominated);
    }

    [Fact]
    public void Controlling_BetterPairUnanswered_WaitsForItHalfASecond()
    {
        var peer = new RawPeer(new IceAgentOptions { Role = IceRole.Controlling });
        peer.Agent.SetRemoteCredentials(peer.Credentials, false, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(Better) with { Foundation = "2" }, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Remote, 1000), peer.Now);

        var before = peer.AnswerAll(TimeSpan.FromMilliseconds(400), static to => to == RawPeer.Remote);
        Assert.True(peer.Agent.CanSend);
        Assert.Equal(RawPeer.Remote, peer.Agent.SelectedPair!.RemoteAddress);
        Assert.DoesNotContain(before, s => RawPeer.Has(s.Datagram, StunAttributeType.UseCandidate));

        peer.AnswerAll(TimeSpan.FromMilliseconds(200), static to => to == RawPeer.Remote);
        Assert.True(peer.Agent.SelectedPair!.IsNominated);
    }

    [Fact]
    public void Controlling_BetterPairAnswersInTime_IsTheOneNominated()
    {
        var peer = new RawPeer(new IceAgentOptions { Role = IceRole.Controlling });
        peer.Agent.SetRemoteCredentials(peer.Credentials, false, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(Better) with { Foundation = "2" }, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Remote, 1000), peer.Now);
        var first = peer.Expect(StunClass.Request);
        peer.AnswerAll(TimeSpan.FromMilliseconds(300), static to => to == RawPeer.Remote);
        peer.Send(peer.Answer(first.Datagram), Better);
        peer.AnswerAll(TimeSpan.FromMilliseconds(100));
        Assert.Equal(Better, peer.Agent.SelectedPair!.RemoteAddress);
        Assert.True(peer.Agent.SelectedPair!.IsNominated);
        Assert.Single(peer.Agent.Pairs, p => p.IsNominated);
    }

    [Fact]
    public void Controlling_NominatingCheckLost_IsSentAgain()
    {
        var peer = new RawPeer(new IceAgentOptions { Role = IceRole.Controlling });
        peer.Introduce(RawPeer.Remote);
        var (check, _) = peer.Expect(StunClass.Request);
        peer.Send(peer.Answer(check));
        peer.Now += TimeSpan.FromMilliseconds(20);
        Assert.True(RawPeer.Has(peer.Expect(StunClass.Request).Datagram, StunAttributeType.UseCandidate));
        Assert.False(peer.Agent.SelectedPair!.IsNominated);
        peer.Now += TimeSpan.FromMilliseconds(500);
        var (again, _) = peer.Expect(StunClass.Request);
        Assert.True(RawPeer.Has(again, StunAttributeType.UseCandidate));
        peer.Send(peer.Answer(again));
        Assert.True(peer.Agent.SelectedPair!.IsNominated);
    }

    [Fact]
    public void Controlled_UseCandidateBeforeOurCheckSucceeds_IsRemembered()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        peer.Send(peer.Check(nominates: true));
        Assert.Null(peer.Agent.SelectedPair);
        peer.AnswerAll(TimeSpan.FromMilliseconds(50));
        Assert.True(peer.Agent.SelectedPair!.IsNominated);
    }

    [Fact]
    public void Controlled_AggressivePeerNominatesAll_TheBestIsUsed()
    {
        var peer = new RawPeer();
        peer.Agent.SetRemoteCredentials(peer.Credentials, false, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Remote, 1000), peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(Better) with { Foundation = "2" }, peer.Now);
        peer.Send(peer.Check(nominates: true), RawPeer.Remote);
        peer.AnswerAll(TimeSpan.FromMilliseconds(50), static to => to == RawPeer.Remote);
        Assert.Equal(RawPeer.Remote, peer.Agent.SelectedPair!.RemoteAddress);

        peer.Send(peer.Check(nominates: true), Better);
        peer.AnswerAll(TimeSpan.FromMilliseconds(50));
        Assert.Equal(Better, peer.Agent.SelectedPair!.RemoteAddress);

        // And a nomination of the worse one does not bring it back while the better one answers.
        peer.Send(peer.Check(nominates: true), RawPeer.Remote);
        peer.AnswerAll(TimeSpan.FromSeconds(10));
        Assert.Equal(Better, peer.Agent.SelectedPair!.RemoteAddress);
    }

    [Fact]
    public void Controlled_SelectedPairSilent_FollowsThePeerToAnother()
    {
        var peer = new RawPeer();
        peer.Agent.SetRemoteCredentials(peer.Credentials, false, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(Better), peer.Now);
        peer.Send(peer.Check(nominates: true), Better);
        peer.AnswerAll(TimeSpan.FromSeconds(1));
        Assert.Equal(Better, peer.Agent.SelectedPair!.RemoteAddress);

        peer.AnswerAll(TimeSpan.FromSeconds(8), static to => to != Better);
        Assert.Equal(IceAgentState.Disconnected, peer.Agent.State);
        peer.Send(peer.Check(nominates: true), RawPeer.Remote);
        peer.AnswerAll(TimeSpan.FromSeconds(1), static to => to != Better);

        Assert.Equal(RawPeer.Remote, peer.Agent.SelectedPair!.RemoteAddress);
        Assert.Equal(IceAgentState.Connected, peer.Agent.State);
    }

    [Fact]
    public void LitePeer_NeverChecks_WeControlAndNominate()
    {
        var peer = new RawPeer(isLite: true);
        peer.Introduce(RawPeer.Remote);
        Assert.Equal(IceRole.Controlling, peer.Agent.Role);
        peer.Agent.SetRemoteEndOfCandidates(peer.Now);
        peer.AnswerAll(TimeSpan.FromSeconds(60));
        Assert.True(peer.Agent.SelectedPair!.IsNominated);
        Assert.Equal(IceAgentState.Completed, peer.Agent.State);
    }

    [Fact]
    public void Concluded_WaitingPairs_AreCheckedNoMoreButForOtherWays()
    {
        var peer = new RawPeer(new IceAgentOptions { Role = IceRole.Controlling });
        peer.Introduce([RawPeer.Remote, .. Enumerable.Range(1, 40).Select(i => RawPeer.Address($"192.0.2.9:{i}"))]);
        peer.AnswerAll(TimeSpan.FromMilliseconds(100));
        Assert.True(peer.Agent.SelectedPair!.IsNominated);
        peer.Receive();
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.10:1")), peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.10:2")), peer.Now);
        var seen = peer.AnswerAll(TimeSpan.FromSeconds(60), static to => to == RawPeer.Remote);

        // One pair for each address that is another way to the peer; its other ports tell nothing more.
        Assert.Equal(
            ["192.0.2.10", "192.0.2.2", "192.0.2.9"],
            seen.Select(s => s.To).Distinct().Select(to => to.Address.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ValidPair_BeforeNomination_CarriesData()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        Assert.False(peer.Agent.CanSend);
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote));
        peer.AnswerAll(TimeSpan.FromMilliseconds(20));
        Assert.True(peer.Agent.CanSend);
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote));
        Assert.False(peer.Agent.SelectedPair!.IsNominated);
        Assert.Equal(IceAgentState.Connected, peer.Agent.State);
    }

    [Fact]
    public void PeersCheck_Authenticated_ValidatesThePathBeforeOursReturns()
    {
        var peer = new RawPeer();
        peer.Introduce();
        peer.Send(peer.Check());
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote, out var pair));
        Assert.Equal(RawPeer.Remote, pair!.RemoteAddress);
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, Better));
    }

    [Fact]
    public void PeersCheck_AnsweredButUnchecked_StaysHeardAfterNomination()
    {
        // The peer may send along any path that answered it, until it has heard of the nomination.
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        var (ours, _) = peer.Expect(StunClass.Request);
        peer.Send(peer.Check(), Better);
        peer.Send(peer.Check(nominates: true));
        peer.Send(peer.Answer(ours));
        peer.AnswerAll(TimeSpan.FromMilliseconds(1), _ => true);
        Assert.True(peer.Agent.SelectedPair!.IsNominated);
        Assert.Equal(RawPeer.Remote, peer.Agent.SelectedPair.RemoteAddress);
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, Better));
    }

    [Fact]
    public void PeersCheck_BeforeItsCredentials_LetsItSend()
    {
        var peer = new RawPeer();
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote));
        peer.Send(peer.Check());
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote, out var pair));
        Assert.Null(pair);
        peer.Introduce();
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote, out pair));
        Assert.NotNull(pair);
    }

    [Fact]
    public void Response_FromAnotherAddress_FailsThePair()
    {
        // RFC 8445 §7.2.5.2.1: non-symmetric transport addresses.
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        var (check, _) = peer.Expect(StunClass.Request);
        peer.Send(peer.Answer(check), Better);
        Assert.Equal(IceCandidatePairState.Failed, Assert.Single(peer.Agent.Pairs).State);
        Assert.False(peer.Agent.CanSend);
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, Better));
    }

    [Fact]
    public void Response_WithoutMappedAddressOrIntegrity_IsAsIfNeverSent()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        var (check, _) = peer.Expect(StunClass.Request);
        peer.Send(peer.Answer(check, key: "no"u8.ToArray()));
        Assert.True(StunMessage.TryParse(check, out var request, out _));
        var buffer = new byte[100];
        var writer = new StunWriter(buffer, StunClass.SuccessResponse, StunMethod.Binding, request.TransactionId);
        writer.AddIntegrity(StunKey.ShortTerm(peer.Credentials.Password));
        writer.AddFingerprint();
        peer.Send(buffer[..writer.Length]);
        Assert.Equal(IceCandidatePairState.InProgress, Assert.Single(peer.Agent.Pairs).State);
        Assert.Equal(2, peer.Agent.Counters.UnexpectedResponses);
        peer.Send(peer.Answer(check));
        Assert.Equal(IceCandidatePairState.Succeeded, Assert.Single(peer.Agent.Pairs).State);
        peer.Send(peer.Answer(check));
        Assert.Equal(3, peer.Agent.Counters.UnexpectedResponses);
    }

    [Fact]
    public void Statistics_OfAPair_CountWhatHappened()
    {
        var pair = Pair.Connected();
        pair.World.RunFor(TimeSpan.FromSeconds(60));
        pair.ExpectData();
        var used = pair.Left.Agent.SelectedPair!;
        Assert.True(used.RequestsSent >= 2);
        Assert.InRange(used.ConsentRequestsSent, 9, 15);
        Assert.Equal(used.RequestsSent + used.ConsentRequestsSent, used.ResponsesReceived);
        Assert.Equal(used.RequestsReceived, used.ResponsesSent);
        Assert.Equal(used.ResponsesReceived * 0.020, used.TotalRoundTripTime.TotalSeconds, 6);
        Assert.Equal(1, used.PacketsSent);
        Assert.Equal(3, used.BytesSent);
        Assert.Equal(1, used.PacketsReceived);
        Assert.Equal(3, used.BytesReceived);
        Assert.NotNull(used.LastPacketReceivedAt);
        Assert.Equal(IceCandidatePairState.Succeeded, used.State);
    }
}
