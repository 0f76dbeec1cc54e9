using Parley.Net;

namespace Parley.Sctp.Tests.Parts;

/// <summary>
/// A controller that knows only what an association tells it: what <see cref="SentPacket"/>, <see cref="PacketDelivery"/> and <see
/// cref="PacketLoss"/> are for.
/// </summary>
public class OutsideControllerTests
{
    [Fact]
    public void Controller_FromOutside_KnowsOfEachPacketWhatBecameOfIt()
    {
        var log = new SentLog { Window = 30_000 };
        var pair = Pair.Connected(3, new SctpOptions { CongestionController = _ => log });
        pair.Loss = 0.03;
        for (var count = 0; count < 30; count++)
        {
            pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[20_000], default, pair.Now);
        }

        Assert.True(pair.RunUntil(() => pair.A.Association is { TotalBufferedAmount: 0, Statistics.BytesInFlight: 0 }));

        Assert.True(log.Losses > 0);
        Assert.Equal(log.Sent.Count, log.NextNumber);
        Assert.All(log.Sent, packet => Assert.Equal(0, packet.Value));
        Assert.Equal(0, log.InFlight);
        Assert.InRange(log.MostInFlight, 25_000, 30_000 + 1160);
        Assert.Equal(Part.Milliseconds(20), log.LeastRoundTrip);
    }

    [Fact]
    public void PacingRate_SetFromOutside_IsWhatLeaves()
    {
        var log = new SentLog { Window = long.MaxValue, PacingRate = 100_000, SendQuantum = 2_400 };
        var pair = Pair.Connected(3, new SctpOptions { CongestionController = _ => log });
        pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, new byte[200_000], default, pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.InRange(log.SentBytes, 95_000, 108_000);

        log.PacingRate = 20_000;
        var before = log.SentBytes;
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.InRange(log.SentBytes - before, 17_000, 26_000);
    }

    private sealed class SentLog : ICongestionController
    {
        public Dictionary<long, int> Sent { get; } = [];

        public long NextNumber { get; private set; }

        public long SentBytes { get; private set; }

        public long InFlight { get; private set; }

        public long MostInFlight { get; private set; }

        public int Losses { get; private set; }

        public TimeSpan? LeastRoundTrip { get; private set; }

        public long Window { get; set; }

        public double? PacingRate { get; set; }

        public long SendQuantum { get; init; }

        public bool MeasuresDelivery => true;

        public void OnSent(in SentPacket packet, Instant now)
        {
            Assert.Equal(NextNumber++, packet.Number);
            Sent[packet.Number] = packet.Bytes;
            SentBytes += packet.Bytes;
            InFlight += packet.Bytes;
            MostInFlight = Math.Max(MostInFlight, InFlight);
            Assert.Equal(InFlight, packet.BytesInFlight);
        }

        public void OnPacketDelivered(in PacketDelivery delivery, Instant now)
        {
            Take(delivery.Packet, delivery.Bytes);
            LeastRoundTrip = delivery.RoundTrip < LeastRoundTrip || LeastRoundTrip is null ? delivery.RoundTrip : LeastRoundTrip;
        }

        public void OnPacketLost(in PacketLoss loss, Instant now)
        {
            Take(loss.Packet, loss.Bytes);
            Losses++;
        }

        public void OnAcknowledged(in Acknowledgement acknowledged, Instant now) => Assert.Equal(InFlight, acknowledged.BytesInFlight);

        public void OnLoss(long bytesInFlight, Instant now)
        {
        }

        public void OnRetransmissionTimeout(long bytesInFlight, Instant now)
        {
        }

        public void OnPacketSizeChanged(int packetSize)
        {
        }

        public void OnIdle()
        {
        }

        private void Take(long packet, int bytes)
        {
            Sent[packet] -= bytes;
            InFlight -= bytes;
        }
    }
}
