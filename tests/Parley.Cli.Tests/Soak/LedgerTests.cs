using Parley.Cli.Bench.Soak;

namespace Parley.Cli.Tests.Soak;

/// <summary>The soak's judges must be able to say no.</summary>
public class LedgerTests
{
    [Theory]
    [InlineData(true, true, new[] { 0, 1, 2, 3 }, 0, 0)]
    [InlineData(true, true, new[] { 0, 2, 3 }, 0, 1)]
    [InlineData(true, true, new[] { 0, 1, 1 }, 0, 1)]
    [InlineData(true, false, new[] { 0, 2, 5 }, 0, 0)]
    [InlineData(true, false, new[] { 0, 5, 2 }, 0, 1)]
    [InlineData(false, true, new[] { 2, 0, 1, 3 }, 0, 0)]
    [InlineData(false, true, new[] { 2, 0, 2, 1 }, 1, 0)]
    [InlineData(false, true, new[] { 0, 1, 0 }, 1, 0)]
    [InlineData(false, false, new[] { 5, 2, 9 }, 0, 0)]
    [InlineData(false, false, new[] { 5, 2, 5 }, 1, 0)]
    public void Ledger_WhatCame_IsHeldAgainstWhatTheChannelPromises(bool ordered, bool reliable, int[] came, int doubled, int outOfOrder)
    {
        var ledger = new ArrivalLedger(ordered, reliable);
        byte[] message = new byte[40];
        foreach (int number in came)
        {
            ArrivalLedger.Fill(message, number);
            ledger.Take(message);
        }

        Assert.Equal((came.Length, doubled, outOfOrder, 0), (ledger.Received, ledger.Doubled, ledger.OutOfOrder, ledger.Broken));
        Assert.Equal(doubled + outOfOrder == 0, ledger.IsClean);
    }

    [Fact]
    public void Ledger_EachByteTurnedOver_IsSeen()
    {
        for (int i = 8; i < 60; i++)
        {
            var ledger = new ArrivalLedger(isOrdered: false, isReliable: true);
            byte[] message = new byte[60];
            ArrivalLedger.Fill(message, 7);
            message[i] ^= 0x40;
            ledger.Take(message);
            Assert.Equal(1, ledger.Broken);
        }
    }

    [Fact]
    public void Ledger_OfAFlowThatLoses_ForgetsWhatItMissed()
    {
        var ledger = new ArrivalLedger(isOrdered: false, isReliable: false);
        byte[] message = new byte[ArrivalLedger.HeaderBytes];
        for (int number = 0; number < 100_000; number += 2)
        {
            ArrivalLedger.Fill(message, number);
            ledger.Take(message);
        }

        // Long given up, it counts as late, not as doubled.
        ArrivalLedger.Fill(message, 1);
        ledger.Take(message);
        Assert.True(ledger.IsClean);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-50, true)]
    [InlineData(50, false)]
    public void Trend_AfterTheWarmUp_TellsALeakFromNoise(double growthPerSample, bool isFlat)
    {
        // The first third is the warm-up, whatever it does.
        double[] samples =
            [.. Enumerable.Range(0, 60).Select(i => 10_000 + (i < 20 ? i * 1000 : 20_000) + (i % 2 * 300) + (growthPerSample * i))];
        Assert.Equal(isFlat, Trend.Of(samples).IsFlat(amount: 1000, share: 0.01));
    }
}
