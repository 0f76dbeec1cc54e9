using Parley.Net;
using Parley.Stun;

namespace Parley.Ice.Tests;

/// <summary>A NAT gives a peer another address in mid-call.</summary>
public class RebindingTests
{
    private static readonly TransportAddress Elsewhere = RawPeer.Address("203.0.113.9:9000");

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, false, false)]
    public void NatRebinds_TheOtherSideUsesTheNewAddressWithinTwoSecondsOfItsFirstDatagram(
        bool isLeftBehindNat, bool isSymmetric, bool flows)
    {
        var pair = new Pair();
        var mapping = isSymmetric ? NatBehaviour.AddressAndPortDependent : NatBehaviour.EndpointIndependent;
        var nat = new Nat("203.0.113.1", "10.0.0.", mapping, NatBehaviour.AddressAndPortDependent);
        pair.World.Nats.Add(nat);
        pair.Left.Bind(isLeftBehindNat ? "10.0.0.5:5000" : "192.0.2.1:1000");
        pair.Right.Bind(isLeftBehindNat ? "192.0.2.2:2000" : "10.0.0.5:5000");
        var (behind, open) = isLeftBehindNat ? (pair.Left, pair.Right) : (pair.Right, pair.Left);
        pair.Connect();
        RunFor(pair, 20, flows);
        var before = open.Agent.SelectedPair!.RemoteAddress;

        nat.Rebind();
        pair.World.Sent.Clear();
        Instant? first = null;
        while (first is null)
        {
            RunFor(pair, 0.02, flows);
            first = pair.World.Sent.Find(flight => flight.Sender == behind.Name && flight.From != before)?.SentAt;
        }

        RunFor(pair, 2, flows);
        Assert.NotEqual(before, open.Agent.SelectedPair!.RemoteAddress);
        Assert.Equal(before.Address, open.Agent.SelectedPair!.RemoteAddress.Address);
        pair.ExpectData();
        RunFor(pair, 60, flows);
        pair.ExpectData();
        Assert.Equal(IceAgentState.Completed, open.Agent.State);
        Assert.DoesNotContain(IceAgentState.Failed, open.States);
        Assert.DoesNotContain(IceAgentState.Unreachable, open.States);
    }

    [Fact]
    public void DataFromAnUnknownAddress_IsRefusedUntilItAnswersACheck()
    {
        var peer = Established();
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, Elsewhere));
        peer.Agent.NoticeStranger(RawPeer.Local, Elsewhere, peer.Now);
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, Elsewhere));
        var (check, to) = Assert.Single(peer.Receive(), s => RawPeer.ClassOf(s.Datagram) == StunClass.Request);
        Assert.Equal(Elsewhere, to);
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, Elsewhere));

        // A forged answer proves nothing, nor does one from yet another address.
        peer.Send(peer.Answer(check, key: "wrong"u8.ToArray()), Elsewhere);
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, Elsewhere));
        peer.Send(peer.Answer(check), Elsewhere);
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, Elsewhere));

        // The address in use still answers: the call stays there.
        peer.AnswerAll(TimeSpan.FromSeconds(10));
        Assert.Equal(RawPeer.Remote, peer.Agent.SelectedPair!.RemoteAddress);
    }

    [Fact]
    public void PeersCheckFromAnUnknownAddress_InMidCall_IsNotEnoughToTakeData()
    {
        // Whoever has recorded a check of the peer's can send it from anywhere.
        var peer = Established();
        peer.Send(peer.Check(), Elsewhere);
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, Elsewhere));
        var (check, _) = Assert.Single(peer.Receive(), s => s.To == Elsewhere && RawPeer.ClassOf(s.Datagram) == StunClass.Request);
        peer.Send(peer.Answer(check), Elsewhere);
        Assert.True(peer.Agent.IsValidatedRemote(RawPeer.Local, Elsewhere));
    }

    [Fact]
    public void Strangers_TenThousandForgedAddresses_GetFewChecksAndLeaveNothing()
    {
        var peer = Established();
        var checks = 0;
        for (var second = 0; second < 100; second++)
        {
            for (var forged = 0; forged < 100; forged++)
            {
                peer.Agent.NoticeStranger(RawPeer.Local, RawPeer.Address($"203.0.113.{forged + 1}:{second + 1}"), peer.Now);
            }

            checks += peer.AnswerAll(TimeSpan.FromSeconds(1), static to => to == RawPeer.Remote).Count(static s => s.To != RawPeer.Remote);
        }

        // Four at a time, three datagrams each in two seconds.
        Assert.InRange(checks, 1, 100 * 4 * 3 / 2 + 12);
        Assert.Single(peer.Agent.Pairs);
        Assert.Single(peer.Agent.RemoteCandidates);
        Assert.True(peer.Agent.Counters.IgnoredStrangers > 9_000);
    }

    [Fact]
    public void Stranger_BeforeAnythingWorks_IsNotChecked()
    {
        var peer = new RawPeer();
        peer.Introduce();
        peer.Agent.NoticeStranger(RawPeer.Local, Elsewhere, peer.Now);
        peer.ExpectNothing();
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
}
