namespace Parley.Sctp.Tests.Parts;

public class FastRecoveryTests
{
    private const int Packet = 1000;
    private FastRecovery _recovery;

    public FastRecoveryTests() => _recovery.Begin(20 * Packet, new Tsn(30));

    [Fact]
    public void LastTsnSentBeforeTheLoss_IsAcknowledged_EndsIt()
    {
        _recovery.OnCumulativeAck(new Tsn(29));
        Assert.True(_recovery.IsActive);

        _recovery.OnCumulativeAck(new Tsn(30));
        Assert.False(_recovery.IsActive);
    }

    [Fact]
    public void MoreInFlightThanTheWindow_LetsHalfOfWhatArrivesLeave()
    {
        // RFC 9937 §6: of 20 packets the window keeps 10, so that two deliveries pay for one packet.
        _recovery.OnAcknowledged(new AcknowledgeOutcome { BytesAcknowledged = Packet, HasLoss = true }, 18 * Packet, 10 * Packet, Packet);
        Assert.True(_recovery.HasBudget);
        _recovery.OnSent(Packet);
        Assert.False(_recovery.HasBudget);

        _recovery.OnAcknowledged(new AcknowledgeOutcome { BytesAcknowledged = Packet }, 18 * Packet, 10 * Packet, Packet);
        Assert.False(_recovery.HasBudget);
        _recovery.OnAcknowledged(new AcknowledgeOutcome { BytesAcknowledged = Packet }, 17 * Packet, 10 * Packet, Packet);
        Assert.True(_recovery.HasBudget);
    }

    [Fact]
    public void LessInFlightThanTheWindow_GrowsByAPacketOnlyWhenNothingMoreIsLost()
    {
        _recovery.OnAcknowledged(
            new AcknowledgeOutcome { BytesAcknowledged = Packet, CumulativeAdvanced = true }, 5 * Packet, 10 * Packet, Packet);
        _recovery.OnSent(2 * Packet - 1);
        Assert.True(_recovery.HasBudget);
        _recovery.OnSent(1);
        Assert.False(_recovery.HasBudget);

        _recovery.OnAcknowledged(new AcknowledgeOutcome { BytesAcknowledged = Packet, HasLoss = true }, 5 * Packet, 10 * Packet, Packet);
        _recovery.OnSent(Packet);
        Assert.False(_recovery.HasBudget);
    }

    [Fact]
    public void Stopped_IsNotActive()
    {
        _recovery.Stop();
        Assert.False(_recovery.IsActive);
    }
}
