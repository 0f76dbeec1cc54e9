namespace Parley.Srtp.Tests;

public sealed class SourceTests
{
    // RFC 3711 §3.3.1: the guess is the index closest to the highest one known.
    [Theory]
    [InlineData(-1, 40_000, 40_000)]
    [InlineData(0, 1, 1)]
    [InlineData(65_535, 0, 65_536)]
    [InlineData(65_536, 65_535, 65_535)]
    [InlineData(0x1_8000, 0x0000, 0x1_0000)]
    [InlineData(0x1_8001, 0x0000, 0x2_0000)]
    [InlineData(0x1_7FFF, 0xFFFF, 0x1_FFFF)]
    [InlineData(0x1_7FFE, 0xFFFF, 0x0_FFFF)]
    [InlineData(5, 65_530, -6)]
    public void EstimateRtpIndex_AroundTheHalf_FollowsAppendixA(long highest, int sequenceNumber, long expected) =>
        Assert.Equal(expected, Source.EstimateRtpIndex(highest, (ushort)sequenceNumber));
}
