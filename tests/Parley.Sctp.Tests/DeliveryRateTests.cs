using Parley.Net;

namespace Parley.Sctp.Tests;

public class DeliveryRateTests
{
    private const int Size = 1_000;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);
    private readonly Listener _listener = new();
    private readonly DeliveryRate _rate;
    private Instant _now = Instant.FromNanoseconds(1_000_000_000);

    public DeliveryRateTests() => _rate = new DeliveryRate(_listener);

    [Fact]
    public void Packets_OneEachMillisecond_AreAMegabyteASecond()
    {
        // The first fifty milliseconds nothing is acknowledged; then a packet leaves and one comes each millisecond.
        var sample = default(DeliverySample);
        for (var packet = 0; packet < 300; packet++)
        {
            _rate.OnSent(packet, Size, Math.Min(packet, 50) * Size, _now);
            if (packet >= 50)
            {
                _rate.OnDelivered(packet - 50, Size, RoundTrip, _now);
                sample = _rate.TakeSample();
            }

            _now += TimeSpan.FromMilliseconds(1);
        }

        Assert.True(sample.HasData);
        Assert.InRange(sample.Rate, 990_000, 1_030_000);
        Assert.Equal(250 * Size, sample.DeliveredInAll);
        Assert.False(sample.IsApplicationLimited);
    }

    [Fact]
    public void Acknowledgements_GatheredIntoOne_DoNotRaiseTheRate()
    {
        for (var packet = 0; packet < 50; packet++)
        {
            _rate.OnSent(packet, Size, packet * Size, _now);
            _now += TimeSpan.FromMilliseconds(1);
        }

        _now += RoundTrip;
        for (var packet = 0; packet < 50; packet++)
        {
            _rate.OnDelivered(packet, Size, RoundTrip, _now);
        }

        // All 50 left within 49 ms, and came 99 ms after the first: the longer of the two counts.
        Assert.InRange(_rate.TakeSample().Rate, 490_000, 510_000);
    }

    [Fact]
    public void Sender_HasHadNothingToSend_MarksWhatItSendsNext()
    {
        _rate.OnApplicationLimited(0);
        _rate.OnSent(0, Size, 0, _now);
        _now += RoundTrip;
        _rate.OnDelivered(0, Size, RoundTrip, _now);
        Assert.True(_rate.TakeSample().IsApplicationLimited);

        _rate.OnSent(1, Size, 0, _now);
        _now += RoundTrip;
        _rate.OnDelivered(1, Size, RoundTrip, _now);
        Assert.False(_rate.TakeSample().IsApplicationLimited);
    }

    [Fact]
    public void Loss_IsToldWithWhatWasOnItsWayThen()
    {
        for (var packet = 0; packet < 10; packet++)
        {
            _rate.OnSent(packet, Size, packet * Size, _now);
        }

        _rate.OnLost(3, Size, _now);
        _rate.OnLost(4, Size, _now);

        Assert.Equal([4 * Size, 5 * Size], _listener.Losses.Select(loss => (int)loss.BytesInFlightWhenSent));
        Assert.Equal([Size, 2 * Size], _listener.Losses.Select(loss => (int)loss.Lost));
    }

    [Fact]
    public void Acknowledgement_OfWhatIsForgotten_CountsAndGivesNoRate()
    {
        _rate.OnSent(0, Size, 0, _now);
        _rate.OnLost(0, Size, _now);
        _rate.OnDelivered(0, Size, null, _now);
        var sample = _rate.TakeSample();

        Assert.False(sample.HasData);
        Assert.Equal(Size, sample.DeliveredInAll);
    }

    private sealed class Listener : ICongestionController
    {
        public List<PacketLoss> Losses { get; } = [];

        public long Window => long.MaxValue;

        public void OnPacketLost(in PacketLoss loss, Instant now) => Losses.Add(loss);

        public void OnSent(in SentPacket packet, Instant now)
        {
        }

        public void OnAcknowledged(in Acknowledgement acknowledged, Instant now)
        {
        }

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
    }
}
