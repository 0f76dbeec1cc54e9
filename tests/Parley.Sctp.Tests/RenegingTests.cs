using Parley.Net;

namespace Parley.Sctp.Tests;

/// <summary>A peer that acknowledges by gap blocks and takes it back (RFC 9260 §6.2: it may, for want of room).</summary>
public class RenegingTests
{
    [Fact]
    public void TakenBackAgainAndAgain_EndsTheAssociation()
    {
        var (attacker, first) = Sending();
        for (var round = 0; round < 10_000 && attacker.Association.State == SctpState.Established; round++)
        {
            attacker.Sack(first - 1, (2, 2000)).Sack(first - 1, (2001, 2001)).Send();
        }

        Assert.Equal(SctpFailure.ProtocolViolation, attacker.Victim.Events.Single(told => told.Kind == SctpEventKind.Failed).Failure);
        Assert.InRange(attacker.Statistics.TsnsReneged, 65_535, 65_536);
    }

    [Fact]
    public void TakenBackOnce_IsSentAgain()
    {
        var (attacker, first) = Sending();
        attacker.Sack(first - 1, (2, 2000)).Send();
        attacker.Sack(first - 1, (2001, 2001)).Send();
        Assert.Equal(1999, attacker.Statistics.TsnsReneged);
        Assert.Equal(SctpState.Established, attacker.Association.State);
        var before = attacker.Statistics.Retransmissions;
        attacker.Pair.Flush();
        Assert.NotEqual(before, attacker.Statistics.Retransmissions);
    }

    [Fact]
    public void TakenBack_WhileDataIsAcknowledgedForGood_GoesOn()
    {
        var (attacker, first) = Sending();
        for (var round = 0; round < 2000; round++)
        {
            attacker.Sack(first - 1, (2, 10)).Sack(first - 1, (11, 11)).Sack(first + 9).Send();
            first += 10;
            attacker.Pair.Flush();
            Queue(attacker, 10);
            attacker.Pair.Flush();
        }

        Assert.Equal(SctpState.Established, attacker.Association.State);
        Assert.Equal(10 * 2000 - 1, attacker.Statistics.TsnsReneged);
    }

    // The victim has 3,000 chunks on their way, and the attacker their first TSN.
    private static (Attacker Attacker, uint First) Sending()
    {
        var attacker = new Attacker();
        attacker.Pair.Filter = (_, _) => false;
        Queue(attacker, 6000);
        attacker.Pair.Flush();
        var first = attacker.Pair.B.Sent.SelectMany(Chunks.TsnsOf).Min();
        for (uint acknowledged = 0; attacker.Pair.B.Sent.SelectMany(Chunks.TsnsOf).Count() < 5000; acknowledged += 10)
        {
            attacker.Sack(first - 1 + acknowledged).Send();
            attacker.Pair.Flush();
        }

        first = attacker.Pair.B.Sent.SelectMany(Chunks.TsnsOf).Max() - 2500;
        attacker.Sack(first - 1).Send();
        attacker.Pair.Flush();
        return (attacker, first);
    }

    private static void Queue(Attacker attacker, int messages)
    {
        for (var count = 0; count < messages; count++)
        {
            Assert.Equal(
                SctpSendStatus.Queued,
                attacker.Association.Send(new StreamId(0), PayloadProtocolId.Binary, new byte[1000], default, attacker.Pair.Now));
        }
    }
}
