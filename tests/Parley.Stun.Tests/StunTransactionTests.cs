using Parley.Net;

namespace Parley.Stun.Tests;

public class StunTransactionTests
{
    [Fact]
    public void DefaultSchedule_NoAnswer_SendsSevenTimesAndEndsAfterThirtyNineAndAHalfSeconds()
    {
        // RFC 8489 §6.2.1: "requests would be sent at times 0 ms, 500 ms, 1500 ms, 3500 ms, 7500 ms, 15500 ms, and 31500 ms.
        // If the client has not received a response after 39500 ms, the client will consider the transaction to have timed out."
        var start = Instant.FromNanoseconds(5_000_000_000);
        var transaction = new StunTransaction(TransactionId.Create(RandomSource.Seeded(1)), StunRetransmission.Default, start);
        var sent = new List<double>();
        var now = start;
        while (!transaction.HasTimedOut(now))
        {
            if (transaction.IsTransmissionDue(now))
            {
                sent.Add((now - start).TotalMilliseconds);
                transaction.Transmitted(now);
            }

            Assert.True(transaction.NextAt > now);
            now = transaction.NextAt;
        }

        Assert.Equal([0, 500, 1500, 3500, 7500, 15500, 31500], sent);
        Assert.Equal(39500, (now - start).TotalMilliseconds);
        Assert.Equal(start, transaction.FirstSentAt);
        Assert.Equal(7, transaction.Transmissions);
    }

    [Fact]
    public void MaxWait_Doubling_StopsThere()
    {
        var now = Instant.Zero;
        var schedule = new StunRetransmission(TimeSpan.FromMilliseconds(500), 6, 2) { MaxWait = TimeSpan.FromSeconds(1) };
        var transaction = new StunTransaction(TransactionId.Create(RandomSource.Seeded(1)), schedule, now);
        var waits = new List<double>();
        while (!transaction.HasTimedOut(now))
        {
            transaction.Transmitted(now);
            waits.Add((transaction.NextAt - now).TotalMilliseconds);
            now = transaction.NextAt;
        }

        Assert.Equal([500, 1000, 1000, 1000, 1000, 1000], waits);
    }

    [Fact]
    public void Create_TwoIds_Differ()
    {
        var random = RandomSource.Seeded(1);
        var first = TransactionId.Create(random);
        Assert.NotEqual(first, TransactionId.Create(random));
        var bytes = new byte[TransactionId.Length];
        first.Write(bytes);
        Assert.Equal(first, TransactionId.Read(bytes));
    }
}
