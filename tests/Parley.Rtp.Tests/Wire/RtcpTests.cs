using Parley.Net;

namespace Parley.Rtp.Tests.Wire;

public class RtcpTests
{
    private static readonly byte[] Compound = Media.Hex("""
        81 C8 00 0C  00 00 00 01  83 AA 7E 80  80 00 00 00  00 00 03 E8  00 00 00 0A  00 00 04 B0
                     00 00 00 02  40 FF FF FE  00 01 00 05  00 00 00 64  7E 80 80 00  00 01 80 00
        81 CA 00 03  00 00 00 01  01 03 61 40  62 00 00 00
        81 CD 00 03  00 00 00 01  00 00 00 02  00 0A 80 01
        81 CE 00 02  00 00 00 01  00 00 00 02
        84 CE 00 04  00 00 00 01  00 00 00 00  00 00 00 02  07 00 00 00
        81 CB 00 01  00 00 00 01
        """.Replace("\r", "", StringComparison.Ordinal));

    [Fact]
    public void Reader_Compound_ReadsEachPacket()
    {
        var reader = new RtcpReader(Compound);
        Assert.True(reader.TryRead(out var report));
        Assert.Equal(RtcpPacketType.SenderReport, report.Type);
        Assert.True(report.TryReadSenderInformation(out var information));
        Assert.Equal(new RtcpSenderInformation(new(0x83AA7E8080000000), new(1000), 10, 1200), information);
        Assert.True(report.TryReadReportBlock(0, out var block));
        Assert.Equal(new RtcpReportBlock(new(2), 64, -2, 0x10005, 100, 0x7E808000, 0x18000), block);
        Assert.False(report.TryReadReportBlock(1, out _));

        Assert.True(reader.TryRead(out var description));
        var items = new RtcpSourceDescriptionReader(description);
        Assert.True(items.TryRead(out var source, out var item, out var text));
        Assert.Equal((1u, RtcpSourceDescriptionReader.CanonicalName), (source.Value, item));
        Assert.Equal("a@b"u8.ToArray(), text.ToArray());
        Assert.False(items.TryRead(out _, out _, out _));

        Assert.True(reader.TryRead(out var nack));
        var lost = new RtcpNackReader(nack.FeedbackInformation);
        var numbers = new List<int>();
        while (lost.TryRead(out var number))
        {
            numbers.Add(number.Value);
        }

        Assert.Equal([10, 11, 26], numbers);
        Assert.True(reader.TryRead(out var pli));
        Assert.Equal((RtcpPacketType.PayloadFeedback, RtcpFormat.PictureLossIndication, 2u), (pli.Type, pli.Count, pli.Media.Value));
        Assert.True(reader.TryRead(out var fir));
        Assert.Equal((RtcpFormat.FullIntraRequest, 7), (fir.Count, fir.FeedbackInformation[4]));
        Assert.True(reader.TryRead(out var bye));
        Assert.Equal((RtcpPacketType.Goodbye, 1u), (bye.Type, bye.Sender.Value));
        Assert.False(reader.TryRead(out _));
        Assert.Equal(RtcpParseError.None, reader.Error);
    }

    [Fact]
    public void Writer_SamePackets_WritesTheSameBytes()
    {
        var bytes = new byte[Compound.Length];
        var writer = new RtcpWriter(bytes);
        Assert.True(writer.TryWriteSenderReport(new(1), new(new(0x83AA7E8080000000), new(1000), 10, 1200)));
        Assert.True(writer.TryAddReportBlock(new(new(2), 64, -2, 0x10005, 100, 0x7E808000, 0x18000)));
        Assert.True(writer.TryWriteCanonicalName(new(1), "a@b"u8));
        Assert.True(writer.TryWriteGenericNack(new(1), new(2), 1, out var pair));
        Media.Hex("00 0A 80 01").CopyTo(pair);
        Assert.True(writer.TryWritePictureLossIndication(new(1), new(2)));
        Assert.True(writer.TryWriteFullIntraRequest(new(1), new(2), 7));
        Assert.True(writer.TryWriteGoodbye(new(1)));
        Assert.Equal(Compound, bytes[..writer.Length]);
        Assert.False(writer.TryWriteGoodbye(new(1)));
    }

    [Fact]
    public void Reader_TruncationsAndBitFlips_NeverThrow()
    {
        var random = RandomSource.Seeded(3);
        for (var i = 0; i < Compound.Length; i++)
        {
            Walk(Compound.AsSpan(0, i));
        }

        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])Compound.Clone();
            for (var flips = random.Next(4); flips >= 0; flips--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            Walk(bytes);
            var noise = new byte[random.Next(80)];
            random.Fill(noise);
            Walk(noise);
        }
    }

    [Theory]
    [InlineData("81 CB 00", RtcpParseError.Truncated)]
    [InlineData("81 CB 00 02 00 00 00 01", RtcpParseError.Truncated)]
    [InlineData("41 CB 00 01 00 00 00 01", RtcpParseError.BadVersion)]
    [InlineData("A1 CB 00 02 00 00 00 01 00 00 00 05", RtcpParseError.BadPadding)]
    [InlineData("A1 CB 00 02 00 00 00 01 00 00 00 04 80 C9 00 01 00 00 00 01", RtcpParseError.BadPadding)]
    public void Reader_Broken_NamesWhy(string hex, RtcpParseError expected)
    {
        var reader = new RtcpReader(Media.Hex(hex));
        while (reader.TryRead(out _))
        {
        }

        Assert.Equal(expected, reader.Error);
    }

    [Fact]
    public void Reader_Padded_LeavesThePaddingOut()
    {
        var reader = new RtcpReader(Media.Hex("A1 CB 00 02 00 00 00 01 00 00 00 04"));
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(4, packet.Body.Length);
    }

    [Theory]
    [InlineData(0ul, 0ul)]
    [InlineData(250_000ul, 250_000ul)]
    [InlineData(262_144ul, 262_144ul)]
    [InlineData(10_000_001ul, 10_000_000ul)]
    public void Remb_WrittenAndRead_KeepsEighteenBits(ulong bitrate, ulong expected)
    {
        var bytes = new byte[64];
        var writer = new RtcpWriter(bytes);
        Assert.True(writer.TryWriteRemb(new(1), bitrate, new(2)));
        var reader = new RtcpReader(bytes.AsSpan(0, writer.Length));
        Assert.True(reader.TryRead(out var packet));
        Assert.True(RtcpRemb.TryParse(packet, out var read, out var sources));
        Assert.Equal((expected, 1), (read, sources));
    }

    [Fact]
    public void TransportWide_KnownBytes_Read()
    {
        // Base 1, 5 packets, reference 2 x 64 ms, count 9; a run of 2 small, then a one-bit vector 101...: deltas 4, 8, 12, 2.
        var reader = new RtcpReader(Media.Hex("8F CD 00 06  00 00 00 01  00 00 00 02  00 01 00 05  00 00 02 09  20 02 A8 00  04 08 0C 02"));
        Assert.True(reader.TryRead(out var packet));
        Assert.True(RtcpTransportWideReader.TryParse(packet, out var feedback));
        Assert.Equal(9, feedback.FeedbackCount);
        var read = new List<long?>();
        while (feedback.TryRead(out _, out var arrival))
        {
            read.Add(arrival);
        }

        Assert.Equal([129_000, 131_000, 134_000, null, 134_500], read);
    }

    [Fact]
    public void TransportWide_RandomArrivals_ReadBack()
    {
        var random = RandomSource.Seeded(11);
        for (var round = 0; round < 500; round++)
        {
            var arrivals = new long[1 + random.Next(300)];
            var time = 64_000L * random.Next(1000);
            for (var i = 0; i < arrivals.Length; i++)
            {
                time += 250 * (random.Next(600) - 100);
                arrivals[i] = random.Next(4) == 0 || time < 0 ? -1 : time;
            }

            var bytes = new byte[1180];
            var writer = new RtcpWriter(bytes);
            if (!RtcpTransportWide.TryWrite(ref writer, new(1), new(2), 65500, (byte)round, arrivals, out var written))
            {
                Assert.Equal(-1, arrivals[0]);
                continue;
            }

            var reader = new RtcpReader(bytes.AsSpan(0, writer.Length));
            Assert.True(reader.TryRead(out var packet));
            Assert.True(RtcpTransportWideReader.TryParse(packet, out var feedback));
            for (var i = 0; i < written; i++)
            {
                Assert.True(feedback.TryRead(out var sequence, out var arrival));
                Assert.Equal((ushort)(65500 + i), sequence);
                Assert.Equal(arrivals[i], arrival ?? -1);
            }

            Assert.False(feedback.TryRead(out _, out _));
        }
    }

    [Fact]
    public void NtpTimestamp_RoundTrips_AndWrapsIn2036()
    {
        Assert.Equal(0x83AA7E80_80000000, NtpTimestamp.From(DateTimeOffset.UnixEpoch.AddMilliseconds(500)).Value);
        foreach (var year in (int[])[1970, 2026, 2036, 2037, 2060])
        {
            var time = new DateTimeOffset(year, 5, 6, 7, 8, 9, 123, TimeSpan.Zero).AddTicks(4567);
            Assert.Equal(time, NtpTimestamp.From(time).ToDateTimeOffset());
        }

        var start = NtpTimestamp.From(DateTimeOffset.UnixEpoch);
        Assert.Equal(TimeSpan.FromMilliseconds(-1500), start + TimeSpan.FromMilliseconds(-1500) - start);
    }

    private static void Walk(ReadOnlySpan<byte> bytes)
    {
        var reader = new RtcpReader(bytes);
        while (reader.TryRead(out var packet))
        {
            packet.TryReadSenderInformation(out _);
            for (var i = 0; packet.TryReadReportBlock(i, out _); i++)
            {
            }

            var items = new RtcpSourceDescriptionReader(packet);
            while (items.TryRead(out _, out _, out var text))
            {
                _ = text.Length;
            }

            var lost = new RtcpNackReader(packet.FeedbackInformation);
            while (lost.TryRead(out _))
            {
            }

            RtcpRemb.TryParse(packet, out _, out _);
            if (RtcpTransportWideReader.TryParse(packet, out var feedback))
            {
                while (feedback.TryRead(out _, out _))
                {
                }
            }
        }
    }
}
