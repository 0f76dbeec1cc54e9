using Parley.Dtls;
using Parley.Ice;

namespace Parley.Transport.Tests;

public class ConnectTests
{
    [Fact]
    public void TwoSides_Connect_AndTellItInOrder()
    {
        var pair = Pair.Connected();

        Assert.Equal(
            [
                TransportEventKind.LocalPathsWanted,
                TransportEventKind.GatheringStateChanged,
                TransportEventKind.CandidateGathered,
                TransportEventKind.GatheringStateChanged,
                TransportEventKind.IceChanged,
            ],
            pair.Left.Events.Take(5));
        Assert.Equal([DtlsState.Connecting, DtlsState.Connected], pair.Left.DtlsStates);
        Assert.Equal([DtlsState.Connecting, DtlsState.Connected], pair.Right.DtlsStates);
        Assert.Equal(IceAgentState.Checking, pair.Left.IceStates[0]);
        Assert.Equal(pair.Right.Path.Address, pair.Left.Transport.SelectedPath!.Value.Remote);
        Assert.Same(pair.Left.Path, pair.Left.Transport.SelectedPath!.Value.Local);
    }

    [Fact]
    public void Handshake_ThatOvertakesTheAnswer_IsNotLost()
    {
        // The right side begins its handshake while the left side does not know its role yet.
        var pair = new Pair();
        var (left, right) = (pair.Left.Plan.Local.Credentials, pair.Right.Plan.Local.Credentials);
        pair.Left.Apply(pair.Left.Plan with { Gathers = true, Role = IceRole.Controlling });
        pair.Right.Apply(pair.Right.Plan with { Gathers = true, Role = IceRole.Controlled });
        pair.Left.Apply(pair.Left.Plan with { Remote = new RemotePeer(0, right, IsLite: false) });
        pair.Right.Apply(pair.Right.Plan with
        {
            Remote = new RemotePeer(0, left, IsLite: false),
            Dtls = new DtlsPlan(0, DtlsRole.Client, pair.Left.Certificate.Fingerprints, [pair.Right.Certificate]),
        });
        pair.Trickle();
        pair.Expect(() => pair.Right.DtlsStates is [DtlsState.Connecting]);
        pair.RunFor(0.02);
        var sent = 0;
        pair.Sent = (side, _, _) => sent += side == pair.Right ? 1 : 0;

        var dtls = new DtlsPlan(0, DtlsRole.Server, pair.Right.Certificate.Fingerprints, [pair.Left.Certificate]);
        pair.Left.Apply(pair.Left.Plan with { Dtls = dtls });

        // Its answer leaves at once: what it answers has come before, and need not come again.
        pair.Expect(() => pair.Left.DtlsStates is [DtlsState.Connecting, ..] && pair.Left.Transport.DtlsVersion is null && sent == 0, 0);
        pair.Expect(() => pair.Left.IsConnected && pair.Right.IsConnected);
    }

    [Fact]
    public void WrongFingerprint_FailsDtls_AndWhatItCarries()
    {
        var pair = new Pair();
        pair.Negotiate(data: true, trusted: Certificates.Other);

        pair.Expect(() => pair.Left.DtlsStates is [.., DtlsState.Failed]);
        Assert.Equal(DtlsFailure.FingerprintMismatch, pair.Left.DtlsFailures[^1]);
        Assert.Equal(TransportEventKind.SctpCarrierFailed, pair.Left.Events[^1]);
        pair.Expect(() => pair.Right.DtlsStates is [.., DtlsState.Failed]);
        Assert.Equal(DtlsFailure.PeerAlert, pair.Right.DtlsFailures[^1]);
    }

    [Fact]
    public void PeerThatFallsSilent_IsDisconnected_ThenFailed()
    {
        var pair = Pair.Connected();
        pair.Left.Transport.SetRemoteEndOfCandidates(pair.Now);
        pair.Drop = (_, _) => true;

        pair.Expect(() => pair.Left.IceStates is [.., IceAgentState.Failed], seconds: 120);
        Assert.Equal([IceAgentState.Disconnected, IceAgentState.Failed], pair.Left.IceStates.TakeLast(2));
    }

    [Fact]
    public void Close_SaysGoodbye_AndNothingMore()
    {
        var pair = Pair.Connected(data: true, media: true);
        pair.OpenChannel();
        Assert.True(pair.SendPicture([0x10, 0, 0]));
        pair.Expect(() => pair.Right.Frames.Count == 1);

        pair.Left.Transport.Close(pair.Now);
        pair.RunFor(0.1);

        Assert.Equal([(3, new Rtp.Ssrc(Pair.LeftSsrc))], pair.Right.Ended);
        Assert.Contains(TransportEventKind.SctpFailed, pair.Right.Events);
        Assert.Equal(DtlsState.Closed, pair.Right.DtlsStates[^1]);
        Assert.True(pair.Left.Transport.IsClosed);
        Assert.Null(pair.Left.Transport.Deadline);
        var sent = 0;
        pair.Sent = (side, _, _) => sent += side == pair.Left ? 1 : 0;
        pair.RunFor(10);
        Assert.Equal(0, sent);
    }

    [Fact]
    public void Close_BeforeAPathWorks_SendsNothingMore()
    {
        var pair = new Pair();
        pair.Negotiate();
        var batch = new Net.DatagramBatch();
        pair.Left.Transport.Close(pair.Now);
        while (pair.Left.Transport.Transmit(batch, pair.Now, out _) > 0)
        {
        }

        pair.RunFor(1);
        pair.Left.Transport.Apply(pair.Left.Plan with { ReducedSizeRtcp = false }, pair.Now);
        Assert.Equal(0, pair.Left.Transport.Transmit(batch, pair.Now, out _));
        Assert.Null(pair.Left.Transport.Deadline);
        Assert.True(pair.Left.Transport.Plan.ReducedSizeRtcp);
    }
}
