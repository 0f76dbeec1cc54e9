namespace Parley.Stun.Tests;

public class DatagramDemultiplexerTests
{
    [Theory]
    [InlineData(0, 3, DatagramKind.Stun)]
    [InlineData(4, 15, DatagramKind.Unknown)]
    [InlineData(16, 19, DatagramKind.Zrtp)]
    [InlineData(20, 63, DatagramKind.Dtls)]
    [InlineData(64, 79, DatagramKind.TurnChannel)]
    [InlineData(80, 127, DatagramKind.Unknown)]
    [InlineData(128, 191, DatagramKind.Rtp)]
    [InlineData(192, 255, DatagramKind.Unknown)]
    public void Classify_FirstByte_FollowsRfc7983(int from, int to, DatagramKind expected)
    {
        for (var first = from; first <= to; first++)
        {
            Assert.Equal(expected, DatagramDemultiplexer.Classify([(byte)first, 96, 0, 0]));
        }
    }

    [Theory]
    [InlineData(191, DatagramKind.Rtp)]
    [InlineData(192, DatagramKind.Rtcp)]
    [InlineData(200, DatagramKind.Rtcp)]
    [InlineData(223, DatagramKind.Rtcp)]
    [InlineData(224, DatagramKind.Rtp)]
    public void Classify_SecondByte_TellsRtcpFromRtp(int second, DatagramKind expected) =>
        Assert.Equal(expected, DatagramDemultiplexer.Classify([0x80, (byte)second]));

    [Fact]
    public void Classify_TooShort_IsSafe()
    {
        Assert.Equal(DatagramKind.Unknown, DatagramDemultiplexer.Classify([]));
        Assert.Equal(DatagramKind.Rtp, DatagramDemultiplexer.Classify([0x80]));
    }
}
