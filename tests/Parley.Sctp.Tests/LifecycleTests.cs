using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class LifecycleTests
{
    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.3, false)]
    [InlineData(0.0, true)]
    [InlineData(0.3, true)]
    public void Shutdown_WithDataQueued_DeliversItAndClosesBoth(double loss, bool both)
    {
        for (ulong seed = 1; seed < 15; seed++)
        {
            var options = new SctpOptions { MaxRetransmissions = 1000 };
            var pair = Pair.Connected(seed, options, options);
            pair.Loss = loss;
            for (var index = 0; index < 30; index++)
            {
                pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[2000], default, pair.Now);
                pair.B.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[2000], default, pair.Now);
            }

            pair.A.Association.Shutdown(pair.Now);
            if (both)
            {
                pair.B.Association.Shutdown(pair.Now);
            }

            Assert.Equal(
                SctpSendStatus.NotConnected, pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [1], default, pair.Now));
            Assert.True(
                pair.RunUntil(() => pair.A.Association.State == SctpState.Closed && pair.B.Association.State == SctpState.Closed),
                $"seed {seed}");
            Assert.Equal(30, pair.B.Messages.Count());
            Assert.Equal(30, pair.A.Messages.Count());
            Assert.Contains(pair.A.Events, told => told.Kind == SctpEventKind.Closed || loss > 0);
            Assert.Null(pair.A.Association.Deadline);
        }
    }

    [Fact]
    public void Abort_Told_FailsThePeerWithTheReason()
    {
        var pair = Pair.Connected();
        pair.A.Association.Abort("no more", pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(SctpFailure.Aborted, pair.A.Events.Single().Failure);
        var told = pair.B.Events.Single();
        Assert.Equal(SctpFailure.AbortedByPeer, told.Failure);
        Assert.Equal("UserInitiatedAbort: no more", told.Reason);
    }

    [Fact]
    public void Peer_Vanishes_FailsAfterMaxRetransmissions()
    {
        var pair = Pair.Connected();
        pair.Filter = (_, _) => false;
        var begin = pair.Now;
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [1], default, pair.Now);
        var before = pair.A.Sent.Count;
        pair.RunUntil(() => pair.A.Events.Count > 0);

        Assert.Equal(SctpFailure.PeerUnreachable, pair.A.Events.Single().Failure);
        var data = pair.A.Sent.Skip(before).Count(packet => Chunks.Has(packet, ChunkType.Data));
        Assert.Equal(11, data);

        // Doubled each time from some 230 ms, up to 10 s.
        Assert.InRange((pair.Now - begin).TotalSeconds, 50, 80);
    }

    [Fact]
    public void Peer_VanishesWhileIdle_IsFoundByHeartbeats()
    {
        var pair = Pair.Connected();
        pair.RunFor(TimeSpan.FromMinutes(2));
        Assert.Empty(pair.A.Events);
        Assert.Contains(pair.A.Sent, packet => Chunks.Has(packet, ChunkType.Heartbeat));
        pair.Filter = (_, _) => false;
        pair.RunFor(TimeSpan.FromMinutes(10));

        Assert.Equal(SctpFailure.PeerUnreachable, pair.A.Events.Single().Failure);
    }

    [Fact]
    public void Restart_OfThePeer_IsToldAndWorks()
    {
        var pair = Pair.Connected();
        var fresh = new Pair(77);
        fresh.A.Association.Connect(pair.Now);
        var b = pair.B;
        var buffer = new byte[2000];
        for (var turn = 0; turn < 10; turn++)
        {
            while (fresh.A.Association.Transmit(buffer, pair.Now) is var length and > 0)
            {
                b.Association.Receive(buffer.AsSpan(0, length), pair.Now);
            }

            while (b.Association.Transmit(buffer, pair.Now) is var length and > 0)
            {
                fresh.A.Association.Receive(buffer.AsSpan(0, length), pair.Now);
            }
        }

        b.Read();
        Assert.Equal(SctpState.Established, fresh.A.Association.State);
        Assert.Equal([SctpEventKind.Restarted, SctpEventKind.Connected], b.Events.Select(told => told.Kind));
        fresh.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [5], default, pair.Now);
        b.Association.Receive(buffer.AsSpan(0, fresh.A.Association.Transmit(buffer, pair.Now)), pair.Now);
        b.Read();
        Assert.Equal([5], b.Messages.Single().Payload);
    }

    [Fact]
    public void Init_WhileEstablishedAlone_ChangesNothing()
    {
        var pair = Pair.Connected();
        var fresh = new Pair(78);
        fresh.A.Association.Connect(pair.Now);
        var buffer = new byte[2000];
        var length = fresh.A.Association.Transmit(buffer, pair.Now);
        for (var count = 0; count < 20; count++)
        {
            pair.B.Association.Receive(buffer.AsSpan(0, length), pair.Now);
        }

        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [5], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([5], pair.B.Messages.Single().Payload);
    }

    [Fact]
    public void ZeroChecksum_BothOffer_IsUsedButNotForInitAndCookie()
    {
        var pair = Pair.Connected();
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [5], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));

        foreach (var packet in pair.A.Sent)
        {
            var mustHave = Chunks.TypesOf(packet)[0] is ChunkType.Init or ChunkType.InitAck or ChunkType.CookieEcho;
            Assert.Equal(mustHave, Chunks.ChecksumOf(packet) != 0);
        }
    }

    [Fact]
    public void ZeroChecksum_PeerDoesNotOffer_IsNotUsed()
    {
        var pair = Pair.Connected(1, new SctpOptions(), new SctpOptions { ZeroChecksum = false });
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [5], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal([5], pair.B.Messages.Single().Payload);
        Assert.All(pair.A.Sent.Concat(pair.B.Sent), packet => Assert.Equal(Crc32c.OfPacket(packet), Chunks.ChecksumOf(packet)));
    }
}
