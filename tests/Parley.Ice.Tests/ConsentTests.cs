using Parley.Net;
using Parley.Stun;

namespace Parley.Ice.Tests;

public class ConsentTests
{
    [Fact]
    public void QuietCall_AnHour_ConsentIsAskedEveryFourToSixSecondsAndTheStateStays()
    {
        var pair = Pair.Connected();
        pair.World.Sent.Clear();
        var start = pair.Now;
        pair.World.RunFor(TimeSpan.FromHours(1));

        Assert.Equal(IceAgentState.Completed, pair.Left.Agent.State);
        var sent = pair.World.Sent.Where(f => f.Sender == "left" && RawPeer.ClassOf(f.Datagram) == StunClass.Request)
            .Select(f => f.SentAt).ToList();
        Assert.InRange(sent.Count, 3600 / 6.05, 3600 / 4.0);
        for (var index = 1; index < sent.Count; index++)
        {
            // The wait runs from the answer, 20 ms after the request.
            Assert.InRange((sent[index] - sent[index - 1]).TotalSeconds, 4.02, 6.021);
        }

        Assert.Equal(sent.Count, pair.Left.Agent.SelectedPair!.ConsentRequestsSent);
        Assert.True(start < pair.Now);
    }

    [Fact]
    public void ConsentRequests_EachHasItsOwnTransactionId()
    {
        var pair = Pair.Connected();
        pair.World.Sent.Clear();
        pair.World.Drop = f => RawPeer.ClassOf(f.Datagram) != StunClass.Request;
        pair.World.RunFor(TimeSpan.FromSeconds(20));
        var ids = pair.World.Sent.Where(f => f.Sender == "left" && RawPeer.ClassOf(f.Datagram) == StunClass.Request)
            .Select(f => Convert.ToHexString(f.Datagram, 8, 12)).ToList();
        Assert.True(ids.Count > 10);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void PathDies_DisconnectedAfterSevenSeconds_FailedAfterThirty()
    {
        var pair = Pair.Connected();
        pair.World.RunFor(TimeSpan.FromSeconds(60));
        var lastAnswer = pair.Left.Agent.SelectedPair!.LastResponseAt!.Value;
        pair.World.Drop = _ => true;

        Assert.True(pair.World.RunUntil(() => pair.Left.Agent.State == IceAgentState.Disconnected, TimeSpan.FromSeconds(10)));
        Assert.Equal(7, (pair.Now - lastAnswer).TotalSeconds, 3);
        Assert.True(pair.Left.Agent.CanSend);

        Assert.True(pair.World.RunUntil(() => pair.Left.Agent.State == IceAgentState.Failed, TimeSpan.FromSeconds(60)));
        Assert.Equal(30, (pair.Now - lastAnswer).TotalSeconds, 3);
        Assert.False(pair.Left.Agent.CanSend);
    }

    [Fact]
    public void PathDies_AfterFailure_NothingIsSentAndItStaysFailed()
    {
        var pair = Pair.Connected();
        pair.World.Drop = _ => true;
        pair.ExpectBoth(IceAgentState.Failed);
        pair.World.Drop = null;
        pair.World.Sent.Clear();
        pair.World.RunFor(TimeSpan.FromMinutes(5));
        Assert.Empty(pair.World.Sent);
        Assert.Null(pair.Left.Agent.Deadline);
        Assert.Equal(IceAgentState.Failed, pair.Left.Agent.State);
    }

    [Fact]
    public void PathComesBackBeforeExpiry_ConnectedAgain()
    {
        var pair = Pair.Connected();
        pair.World.Drop = _ => true;
        pair.ExpectBoth(IceAgentState.Disconnected, withinSeconds: 15);
        pair.World.RunFor(TimeSpan.FromSeconds(10));
        pair.World.Drop = null;

        pair.ExpectBoth(IceAgentState.Completed, withinSeconds: 3);
        pair.ExpectData();
        Assert.Equal([IceAgentState.Disconnected, IceAgentState.Completed], pair.Left.States[^2..]);
    }

    [Fact]
    public void LossOfAFifth_TenMinutes_NeverDisconnects()
    {
        for (var seed = 1ul; seed <= 10; seed++)
        {
            var pair = Pair.Connected(seed);
            pair.World.Loss = 0.2;
            pair.World.RunFor(TimeSpan.FromMinutes(10));
            Assert.True(
                !pair.Left.States.Contains(IceAgentState.Disconnected) && !pair.Right.States.Contains(IceAgentState.Disconnected),
                $"seed {seed}: {string.Join(' ', pair.Left.States)} / {string.Join(' ', pair.Right.States)}");
        }
    }

    [Fact]
    public void LongRoundTrip_ThreeSeconds_NeverDisconnects()
    {
        var pair = new Pair().BindHosts();
        pair.World.Delay = TimeSpan.FromSeconds(1.5);
        pair.Connect();
        pair.World.RunFor(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(IceAgentState.Disconnected, pair.Left.States);
        Assert.Equal(3, pair.Left.Agent.SelectedPair!.CurrentRoundTripTime!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void ConsentResponse_ForAnEarlierRequest_Counts()
    {
        var peer = Established();
        peer.Now = peer.Agent.Deadline!.Value;
        var (first, _) = peer.Expect(StunClass.Request);
        peer.Now = peer.Agent.Deadline!.Value;
        peer.Expect(StunClass.Request);
        peer.Now += TimeSpan.FromMilliseconds(10);

        peer.Send(peer.Answer(first));

        Assert.Equal(peer.Now, peer.Agent.SelectedPair!.LastResponseAt);
    }

    [Fact]
    public void ConsentResponse_ForgedOrFromElsewhere_DoesNotCount()
    {
        var peer = Established();
        var before = peer.Agent.SelectedPair!.LastResponseAt;
        peer.Now = peer.Agent.Deadline!.Value;
        var (request, _) = peer.Expect(StunClass.Request);

        peer.Send(peer.Answer(request, key: "wrong"u8.ToArray()));
        peer.Send(peer.Answer(request), RawPeer.Address("192.0.2.66:2000"));
        Assert.Equal(before, peer.Agent.SelectedPair!.LastResponseAt);

        peer.Send(peer.Answer(request));
        Assert.Equal(peer.Now, peer.Agent.SelectedPair!.LastResponseAt);
    }

    [Fact]
    public void SteadyState_ConsentBothWays_AllocatesNothing()
    {
        var peer = Established();
        var buffer = new byte[1500];
        var answer = new byte[200];
        var key = StunKey.ShortTerm(peer.Credentials.Password);
        var check = peer.Check();
        void Turns(int count)
        {
            for (var turn = 0; turn < count; turn++)
            {
                peer.Now = peer.Agent.Deadline!.Value;
                peer.Agent.Advance(peer.Now);
                peer.Agent.Receive(check, RawPeer.Local, RawPeer.Remote, peer.Now);
                int length;
                while ((length = peer.Agent.Transmit(buffer, peer.Now, out _, out _)) > 0)
                {
                    StunMessage.TryParse(buffer.AsSpan(0, length), out var message, out _);
                    if (message.Class == StunClass.Request)
                    {
                        var writer = new StunWriter(answer, StunClass.SuccessResponse, StunMethod.Binding, message.TransactionId);
                        writer.AddXorAddress(StunAttributeType.XorMappedAddress, RawPeer.Local);
                        writer.AddIntegrity(key);
                        writer.AddFingerprint();
                        peer.Agent.Receive(answer.AsSpan(0, writer.Length), RawPeer.Local, RawPeer.Remote, peer.Now);
                    }
                }

                while (peer.Agent.TryRead(out _))
                {
                }

                if (!peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Remote)
                    || peer.Agent.IsValidatedRemote(RawPeer.Remote, RawPeer.Local))
                {
                    Assert.Fail("The path is validated, and its mirror is not.");
                }
            }
        }

        Turns(50);
        Assert.Equal(0, SteadyState.Allocates(() => Turns(200)));
        Assert.True(peer.Agent.SelectedPair!.ConsentRequestsSent > 500);
    }

    private static RawPeer Established()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        peer.Send(peer.Check(nominates: true));
        peer.AnswerAll(TimeSpan.FromMilliseconds(50));
        Assert.True(peer.Agent.SelectedPair is { IsNominated: true });
        peer.Events();
        return peer;
    }
}
