using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

public class PartialReliabilityTests
{
    private static readonly SctpSendOptions Never = new() { MaxRetransmits = 0 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MaxRetransmits0_OverABadNetwork_DeliversASubsequenceAndGoesOn(bool unordered)
    {
        for (ulong seed = 1; seed < 30; seed++)
        {
            var pair = Pair.Connected(
                seed,
                new SctpOptions { MaxRetransmissions = 1000, InitialTsn = uint.MaxValue - 50, Interleaving = seed % 2 == 0 },
                new SctpOptions { MaxRetransmissions = 1000 });
            pair.Loss = 0.25;
            var random = RandomSource.Seeded(seed);
            for (var index = 0; index < 200; index++)
            {
                var message = new byte[4 + random.Next(3000)];
                BitConverter.TryWriteBytes(message, index);
                pair.A.Association.Send(
                    new StreamId((ushort)(index % 3)), PayloadProtocolId.Binary, message, Never with { Unordered = unordered }, pair.Now);
                pair.RunFor(TimeSpan.FromMilliseconds(random.Next(20)));
            }

            pair.RunFor(TimeSpan.FromMinutes(2));
            var lossy = pair.B.Messages.Select(told => BitConverter.ToInt32(told.Payload)).ToList();
            Assert.Equal(lossy.Count, lossy.Distinct().Count());
            Assert.InRange(lossy.Count, 20, 199);
            if (!unordered)
            {
                foreach (var stream in lossy.GroupBy(index => index % 3))
                {
                    Assert.Equal(stream.Order(), stream);
                }
            }

            // Nothing is stuck: a reliable message still arrives, on each stream.
            pair.Loss = 0.1;
            for (ushort stream = 0; stream < 3; stream++)
            {
                pair.A.Association.Send(new StreamId(stream), PayloadProtocolId.Text, [7], default, pair.Now);
            }

            Assert.True(
                pair.RunUntil(() => pair.B.Messages.Count(told => told.PayloadProtocolId == PayloadProtocolId.Text) == 3), $"seed {seed}");
            pair.RunFor(TimeSpan.FromMinutes(1));
            Assert.Equal(0, pair.A.Association.Statistics.BytesInFlight);
        }
    }

    [Fact]
    public void Lifetime_PassesInTheQueue_IsDroppedWithoutATrace()
    {
        var pair = Pair.Connected();
        pair.Filter = (_, _) => false;
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[500_00], default, pair.Now);
        pair.A.Association.Send(
            new StreamId(1), PayloadProtocolId.Binary, [1], new SctpSendOptions { Lifetime = TimeSpan.FromMilliseconds(100) }, pair.Now);
        pair.RunFor(TimeSpan.FromMilliseconds(300));
        pair.Filter = null;
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [2], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(10));

        Assert.Equal([50_000, 1], pair.B.Messages.Select(told => told.Payload.Length));
        Assert.Equal([2], pair.B.Messages.Last().Payload);
        Assert.Equal(1, pair.A.Association.Statistics.MessagesAbandoned);
        Assert.DoesNotContain(pair.A.Sent, packet => Chunks.Has(packet, ChunkType.ForwardTsn));
    }

    [Fact]
    public void Lifetime_PassesInTheMiddleOfAMessage_MovesThePeerOn()
    {
        var pair = Pair.Connected();
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[200_000],
            new SctpSendOptions { Lifetime = TimeSpan.FromMilliseconds(30) }, pair.Now);
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [2], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(10));

        Assert.Equal([2], pair.B.Messages.Single().Payload);
        Assert.Contains(pair.A.Sent, packet => Chunks.Has(packet, ChunkType.ForwardTsn));
        Assert.Equal(0, pair.A.Association.TotalBufferedAmount);
        Assert.Equal(0, pair.A.Association.Statistics.BytesInFlight);
    }

    [Fact]
    public void ForwardTsn_Lost_IsSentAgain()
    {
        var pair = Pair.Connected();
        var drops = 2;
        pair.Filter = (from, packet) => from != pair.A
            || !(Chunks.Has(packet, ChunkType.Data) || Chunks.Has(packet, ChunkType.ForwardTsn))
            || drops-- <= 0;
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [1], Never, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(10));
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [2], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(10));

        Assert.Equal([2], pair.B.Messages.Single().Payload);
        Assert.Equal(0, pair.A.Association.Statistics.BytesInFlight);
    }
}
