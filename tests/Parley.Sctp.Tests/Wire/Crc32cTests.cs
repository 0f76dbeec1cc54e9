using System.Text;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests.Wire;

public class Crc32cTests
{
    // RFC 3720 §B.4, which gives the bytes as they are sent.
    [Theory]
    [InlineData("00", 32, 0x8A9136AAu)]
    [InlineData("FF", 32, 0x62A8AB43u)]
    public void Of_RepeatedByte_IsTheRfcsVector(string value, int count, uint expected)
    {
        var bytes = Enumerable.Repeat(Convert.FromHexString(value)[0], count).ToArray();
        Assert.Equal(expected, Crc32c.Of(bytes));
    }

    [Fact]
    public void Of_CountingBytes_IsTheRfcsVector()
    {
        var up = Enumerable.Range(0, 32).Select(number => (byte)number).ToArray();
        Assert.Equal(0x46DD794Eu, Crc32c.Of(up));
        Assert.Equal(0x113FDB5Cu, Crc32c.Of([.. up.Reverse()]));
    }

    [Fact]
    public void Of_CheckString_IsTheCataloguesValue() => Assert.Equal(0xE3069283u, Crc32c.Of(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void OfPacket_AnyChecksumField_CountsAsZero()
    {
        for (var length = 12; length < 60; length++)
        {
            var packet = Enumerable.Range(0, length).Select(number => (byte)(number * 7)).ToArray();
            var zeroed = packet.ToArray();
            zeroed.AsSpan(8, 4).Clear();
            Assert.Equal(BitByBit(zeroed), Crc32c.OfPacket(packet));
        }
    }

    // The definition: the polynomial 0x1EDC6F41, reflected.
    private static uint BitByBit(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }
}
