using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class EstablishmentTests
{
    [Fact]
    public void Connect_OneSide_EstablishesBoth()
    {
        var pair = new Pair();
        pair.A.Association.Connect(pair.Now);

        Assert.True(
            pair.RunUntil(() => pair.A.Association.State == SctpState.Established && pair.B.Association.State == SctpState.Established));
        Assert.Single(pair.A.Events, told => told.Kind == SctpEventKind.Connected);
        Assert.Single(pair.B.Events, told => told.Kind == SctpEventKind.Connected);
        Assert.Equal(65_535, pair.A.Association.MaxStreams);
    }

    [Fact]
    public void Connect_BothAtOnce_EstablishesOnce()
    {
        var pair = Pair.Connected();

        Assert.Empty(pair.A.Events);
        Assert.Empty(pair.B.Events);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connect_AnyOneOfTheFirstPacketsLost_EstablishesAll(bool both)
    {
        for (var lost = 0; lost < 8; lost++)
        {
            var pair = new Pair((ulong)lost);
            var count = 0;
            pair.Filter = (_, _) => count++ != lost;
            pair.A.Association.Connect(pair.Now);
            if (both)
            {
                pair.B.Association.Connect(pair.Now);
            }

            Assert.True(
                pair.RunUntil(() => pair.A.Association.State == SctpState.Established && pair.B.Association.State == SctpState.Established),
                $"packet {lost}");
            pair.RunFor(TimeSpan.FromSeconds(3));
            Assert.Single(pair.A.Events, told => told.Kind == SctpEventKind.Connected);
            Assert.Single(pair.B.Events, told => told.Kind == SctpEventKind.Connected);
            Deliver(pair, pair.A);
            Deliver(pair, pair.B);
        }
    }

    [Fact]
    public void Connect_HalfOfAllLost_Establishes()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var options = new SctpOptions { MaxInitRetransmissions = 30 };
            var pair = new Pair(seed, options, options) { Loss = 0.5, Jitter = TimeSpan.FromMilliseconds(50) };
            pair.A.Association.Connect(pair.Now);
            pair.B.Association.Connect(pair.Now);
            Assert.True(
                pair.RunUntil(() => pair.A.Association.State == SctpState.Established && pair.B.Association.State == SctpState.Established),
                $"seed {seed}");
        }
    }

    [Fact]
    public void Connect_NobodyThere_FailsAfterItsRetries()
    {
        var pair = new Pair { Filter = (_, _) => false };
        pair.A.Association.Connect(pair.Now);

        pair.RunFor(TimeSpan.FromMinutes(5));

        Assert.Equal(SctpFailure.ConnectTimeout, Assert.Single(pair.A.Events).Failure);
        Assert.Equal(9, pair.A.Sent.Count);
        Assert.Null(pair.A.Association.Deadline);
    }

    [Fact]
    public void Connect_PeerIgnoresInitsWithZeroChecksum_IsAskedWithout()
    {
        var pair = new Pair(1, new SctpOptions(), new SctpOptions { ZeroChecksum = false });
        pair.Filter = (_, packet) => !(Chunks.TypesOf(packet)[0] is ChunkType.Init or ChunkType.InitAck && OffersZeroChecksum(packet));
        pair.A.Association.Connect(pair.Now);

        Assert.True(pair.RunUntil(() => pair.A.Association.State == SctpState.Established));
        Assert.Equal(3, pair.A.Sent.Count(packet => Chunks.Has(packet, ChunkType.Init)));
        Assert.DoesNotContain(pair.B.Sent, OffersZeroChecksum);

        static bool OffersZeroChecksum(byte[] packet) => packet.AsSpan().IndexOf((byte[])[0x80, 0x01, 0x00, 0x08]) >= 0;
    }

    [Fact]
    public void CookieEcho_MuchLater_IsStaleAndBeginsAnew()
    {
        var pair = new Pair(1, new SctpOptions { MaxInitRetransmissions = 100 });
        var blocked = true;
        pair.Filter = (_, packet) => !(blocked && Chunks.Has(packet, ChunkType.CookieEcho));
        pair.A.Association.Connect(pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(90));
        Assert.Equal(SctpState.CookieEchoed, pair.A.Association.State);
        blocked = false;

        Assert.True(
            pair.RunUntil(() => pair.A.Association.State == SctpState.Established && pair.B.Association.State == SctpState.Established));
        Assert.Contains(pair.B.Sent, packet => Chunks.Has(packet, ChunkType.Error));
        Deliver(pair, pair.A);
    }

    private static void Deliver(Pair pair, Pair.Side from)
    {
        var to = pair.PeerOf(from);
        Assert.Equal(SctpSendStatus.Queued, from.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [1, 2, 3], default, pair.Now));
        Assert.True(pair.RunUntil(() => to.Messages.Any()));
        Assert.Equal([1, 2, 3], to.Messages.Single().Payload);
    }
}
