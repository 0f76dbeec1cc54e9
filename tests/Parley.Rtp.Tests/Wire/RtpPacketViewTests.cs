using Parley.Net;

namespace Parley.Rtp.Tests.Wire;

public class RtpPacketViewTests
{
    // V=2 P=1 X=1 CC=2, M=1 PT=96, two CSRCs, one-byte extension: id 1 (1 byte), padding, id 4 (2 bytes); 3 payload bytes, 2 of padding.
    private static readonly byte[] Full = Media.Hex(
        "B2 E0 12 34  00 01 02 03  DE AD BE EF  00 00 00 01  00 00 00 02  BE DE 00 02  10 9E 00 41  30 31 00 00  AA BB CC 00 02");

    [Fact]
    public void TryParse_FullHeader_ReadsEachField()
    {
        Assert.True(RtpPacketView.TryParse(Full, out var packet, out var error));
        Assert.Equal(RtpParseError.None, error);
        Assert.True(packet.Marker);
        Assert.Equal(96, packet.PayloadType.Value);
        Assert.Equal(0x1234, packet.SequenceNumber.Value);
        Assert.Equal(0x00010203u, packet.Timestamp.Value);
        Assert.Equal(0xDEADBEEF, packet.Ssrc.Value);
        Assert.Equal(2, packet.ContributingSourceCount);
        Assert.Equal(2u, packet.ContributingSource(1).Value);
        Assert.Equal(RtpHeaderExtensionReader.OneByteProfile, packet.ExtensionProfile);
        Assert.Equal(Media.Hex("AA BB CC"), packet.Payload.ToArray());
        Assert.Equal(2, packet.PaddingLength);
        Assert.True(packet.Extensions.TryFind(1, out var level));
        Assert.Equal(Media.Hex("9E"), level.ToArray());
        Assert.True(packet.Extensions.TryFind(4, out var mid));
        Assert.Equal("01"u8.ToArray(), mid.ToArray());
        Assert.False(packet.Extensions.TryFind(0, out _));
        Assert.False(packet.Extensions.TryFind(5, out _));
    }

    [Fact]
    public void TryParse_TwoByteExtension_ReadsLongAndEmptyElements()
    {
        var bytes = Media.Hex("90 60 00 01  00 00 00 00  00 00 00 01  10 05 00 02  C8 03 61 62  63 00 10 00  FF");
        Assert.True(RtpPacketView.TryParse(bytes, out var packet, out _));
        Assert.True(packet.Extensions.TryFind(200, out var data));
        Assert.Equal("abc"u8.ToArray(), data.ToArray());
        Assert.True(packet.Extensions.TryFind(16, out data));
        Assert.True(data.IsEmpty);
    }

    [Fact]
    public void Extensions_UnknownProfile_HaveNoElements()
    {
        Assert.True(
            RtpPacketView.TryParse(Media.Hex("90 60 00 01  00 00 00 00  00 00 00 01  12 34 00 01  10 61 00 00"), out var packet, out _));
        Assert.False(packet.Extensions.TryFind(1, out _));
    }

    [Fact]
    public void TryParse_EachTruncation_SaysTruncatedOrReadsNothingBeyond()
    {
        for (var length = 0; length < Full.Length; length++)
        {
            var parsed = RtpPacketView.TryParse(Full.AsSpan(0, length), out var packet, out var error);
            if (length < 32)
            {
                Assert.False(parsed);
                Assert.Equal(RtpParseError.Truncated, error);
            }
            else if (parsed)
            {
                Assert.True(packet.HeaderLength + packet.Payload.Length + packet.PaddingLength == length);
            }
        }
    }

    [Theory]
    [InlineData("40 60 00 01 00 00 00 00 00 00 00 01", RtpParseError.BadVersion)]
    [InlineData("A0 60 00 01 00 00 00 00 00 00 00 01", RtpParseError.BadPadding)]
    [InlineData("A0 60 00 01 00 00 00 00 00 00 00 01 00", RtpParseError.BadPadding)]
    [InlineData("A0 60 00 01 00 00 00 00 00 00 00 01 AA 03", RtpParseError.BadPadding)]
    [InlineData("90 60 00 01 00 00 00 00 00 00 00 01 BE DE FF FF", RtpParseError.Truncated)]
    public void TryParse_Broken_NamesWhy(string hex, RtpParseError expected)
    {
        Assert.False(RtpPacketView.TryParse(Media.Hex(hex), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void TryParse_BitFlipsAndRandomBytes_NeverThrow()
    {
        var random = RandomSource.Seeded(7);
        for (var i = 0; i < 20_000; i++)
        {
            byte[] bytes;
            if (i % 2 == 0)
            {
                bytes = (byte[])Full.Clone();
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }
            else
            {
                bytes = new byte[random.Next(64)];
                random.Fill(bytes);
            }

            if (RtpPacketView.TryParse(bytes, out var packet, out _))
            {
                _ = packet.Payload.Length;
                foreach (var element in packet.Extensions)
                {
                    Assert.True(element.Data.Length <= 255);
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writer_ExtensionsAndSources_ReadBack(bool twoByte)
    {
        var bytes = new byte[100];
        var writer = new RtpHeaderWriter(bytes, new(111), true, new(65535), new(uint.MaxValue), new(9));
        writer.AddContributingSource(new(5));
        writer.BeginExtension(twoByte);
        "mid"u8.CopyTo(writer.AddExtension(4, 3));
        writer.AddExtension(14, 1)[0] = 7;
        writer.EndExtension();
        Assert.True(RtpPacketView.TryParse(bytes.AsSpan(0, writer.Length), out var packet, out _));
        Assert.True(packet.Marker);
        Assert.Equal(65535, packet.SequenceNumber.Value);
        Assert.Equal(5u, packet.ContributingSource(0).Value);
        Assert.True(packet.Extensions.TryFind(4, out var mid));
        Assert.Equal("mid"u8.ToArray(), mid.ToArray());
        Assert.True(packet.Extensions.TryFind(14, out var last));
        Assert.Equal(7, last[0]);
        Assert.True(packet.Payload.IsEmpty);
    }

    [Theory]
    [InlineData(63, false)]
    [InlineData(191, false)]
    [InlineData(192, true)]
    [InlineData(223, true)]
    [InlineData(224, false)]
    public void IsRtcp_SecondByte_Decides(byte second, bool expected) => Assert.Equal(expected, RtpPacketView.IsRtcp([0x80, second]));
}
