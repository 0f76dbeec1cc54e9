using Parley.Net;

namespace Parley.Rtp.Tests.PayloadFormats;

// RTP Payload Format For AV1, and the AV1 bitstream specification.
public class Av1Tests
{
    private const string Sequence = "00 00 00 2F F8 13 F8 0B 38";

    // A black picture of 320 by 180 by libaom: delimiter, sequence header, frame.
    private const string ByLibaom =
        """
        12 00 0A 0B 00 00 00 04 3C FE CC DA F9 00 40 32 40 10 00 84 00 02 08 20 88 00 00 C1 B4 E5 C0 C3 01 1A C6 82 69 4E E9 8A
        47 CA D2 F3 7A E7 1E F3 36 2A 90 EC DD B3 4D FB 37 DF 75 3B 0C 74 99 9A 6C 8B 5E 3A A7 22 69 7D 58 A6 2E 9A 6B FD 00 51 80
        """;

    [Theory]
    [InlineData(0u, "00")]
    [InlineData(127u, "7F")]
    [InlineData(128u, "80 01")]
    [InlineData(300u, "AC 02")]
    [InlineData(2_097_152u, "80 80 80 01")]
    [InlineData(uint.MaxValue, "FF FF FF FF 0F")]
    public void Leb128_OfEachLength_IsWrittenAndRead(uint value, string hex)
    {
        var bytes = new byte[5];
        Assert.Equal(Media.Hex(hex), bytes[..Leb128.Write(bytes, value)]);
        Assert.Equal(Media.Hex(hex).Length, Leb128.LengthOf(value));
        Assert.True(Leb128.TryRead(bytes, out var read, out var length));
        Assert.Equal((value, Leb128.LengthOf(value)), (read, length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FF FF FF FF 10")]
    [InlineData("80 80 80 80 80 80 80 80 00")]
    public void Leb128_CutOffOrTooGreat_IsRefused(string hex) => Assert.False(Leb128.TryRead(Media.Hex(hex), out _, out _));

    [Fact]
    public void Leb128_WithNeedlessBytes_IsRead()
    {
        Assert.True(Leb128.TryRead(Media.Hex("85 80 80 80 80 80 80 00 FF"), out var value, out var length));
        Assert.Equal((5u, 8), (value, length));
    }

    [Fact]
    public void Packetizer_SmallUnit_GoesInOnePacketWithoutSizesOrDelimiter()
    {
        var payload = Assert.Single(Cut(Media.Hex("12 00 0A 03 A1 A2 A3 32 04 10 B1 B2 B3"), key: true, 100));

        // W 2, N; a sequence header of 4 bytes; a frame to the end.
        Assert.Equal(Media.Hex("28 04 08 A1 A2 A3 30 10 B1 B2 B3"), payload);
        Assert.Equal(Media.Hex("10 30 30 B1 B2"), Assert.Single(Cut(Media.Hex("12 00 32 03 30 B1 B2"), key: false, 100)));
    }

    [Fact]
    public void Packetizer_LargeObu_IsFragmented()
    {
        var payloads = Cut([0x32, 40, .. Media.Body(1, 40)], key: false, 20);
        Assert.Equal(3, payloads.Count);
        Assert.Equal([0x50, 0xD0, 0x90], payloads.Select(payload => payload[0]));
        Assert.Equal([0x30, .. Media.Body(1, 40)], payloads.SelectMany(payload => payload[1..]));
    }

    [Fact]
    public void Packetizer_MoreThanThreeObus_TakesFurtherPackets()
    {
        byte[] unit = [.. Enumerable.Range(1, 5).SelectMany(i => Media.Obu(5, [(byte)i, 9]))];
        var payloads = Cut(unit, key: false, 100);
        Assert.Equal([Media.Hex("30 03 28 01 09 03 28 02 09 28 03 09"), Media.Hex("20 03 28 04 09 28 05 09")], payloads);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12 00")]
    [InlineData("42 02 00 00")]
    [InlineData("B2 01 00")]
    [InlineData("32 05 00")]
    [InlineData("32 FF")]
    public void Packetizer_UnitOfNothingOrMalformed_IsRefused(string hex)
    {
        var packetizer = new Av1Packetizer();
        Assert.False(packetizer.TryBegin(Media.Hex(hex), true, 1000));
        Assert.Equal(0, packetizer.Next(Media.Hex(hex), new byte[1000]));
    }

    [Theory]
    [InlineData("00 04 08 A1 A2 A3 05 30 10 B1 B2 B3", "0A 03 A1 A2 A3 32 04 10 B1 B2 B3", "W 0: each has a size")]
    [InlineData("20 04 08 A1 A2 A3 30 10 B1 B2 B3", "0A 03 A1 A2 A3 32 04 10 B1 B2 B3", "W 2: the last has none")]
    [InlineData("10 30 10 B1", "32 02 10 B1", "W 1")]
    [InlineData("30 01 10 02 12 00 30 10", "32 01 10", "delimiters are left out")]
    [InlineData("20 03 40 01 02 30 10", "32 01 10", "tile lists are left out")]
    [InlineData("10 32 02 10 B1", "32 02 10 B1", "obu_size may be there already")]
    [InlineData("10 34 48 10 B1", "36 48 02 10 B1", "an extension stays")]
    [InlineData("00 00 02 30 10 00", "32 01 10", "an empty element adds nothing")]
    [InlineData("07 02 30 10", "32 01 10", "reserved bits do not count")]
    public void Payload_OfWholeObus_IsRead(string payload, string unit, string why)
    {
        var format = new Av1Depacketizer();
        var frame = new FrameBuffer();
        Assert.True(format.TryAdd(Media.Hex(payload), frame, 1000), why);
        Assert.Equal(Media.Hex(unit), frame.Span.ToArray());
        Assert.True(format.IsWhole(frame.Span));
    }

    [Theory]
    [InlineData("", "no header")]
    [InlineData("10", "no element")]
    [InlineData("90 30 10", "goes on with nothing")]
    [InlineData("98 30 10", "both Z and N")]
    [InlineData("10 B0 10", "the forbidden bit")]
    [InlineData("20 04 30", "past the end")]
    [InlineData("20 01 30", "one of two elements")]
    [InlineData("00 80", "a size without end")]
    [InlineData("10 32 05 10", "obu_size past the element")]
    [InlineData("10 32 01 10 11", "obu_size short of the element")]
    [InlineData("10 34", "an extension that is not there")]
    [InlineData("40 00", "an empty fragment")]
    public void Payload_Malformed_IsRefused(string payload, string why)
    {
        var format = new Av1Depacketizer();
        var frame = new FrameBuffer();
        Assert.False(format.TryAdd(Media.Hex(payload), frame, 1000) && format.IsWhole(frame.Span), why);
    }

    [Fact]
    public void Fragments_OverThreePackets_AreJoined()
    {
        var format = new Av1Depacketizer();
        var frame = new FrameBuffer();
        Assert.True(format.TryAdd(Media.Hex("68 02 08 AA 30 10 01"), frame, 1000));
        Assert.False(format.IsWhole(frame.Span));
        Assert.True(format.TryAdd(Media.Hex("D0 02 03"), frame, 1000));
        Assert.True(format.TryAdd(Media.Hex("A0 01 04 28 05"), frame, 1000));
        Assert.True(format.IsWhole(frame.Span));
        Assert.Equal(Media.Hex("0A 01 AA 32 05 10 01 02 03 04 2A 01 05"), frame.Span.ToArray());
    }

    [Fact]
    public void Fragment_WithoutItsRest_IsRefused()
    {
        var format = new Av1Depacketizer();
        var frame = new FrameBuffer();
        Assert.True(format.TryAdd(Media.Hex("50 30 10 01"), frame, 1000));
        Assert.False(format.TryAdd(Media.Hex("10 30 10 01"), frame, 1000));

        // The next frame is not harmed.
        frame.Clear();
        Assert.True(format.TryAdd(Media.Hex("10 30 10 01"), frame, 1000));
        Assert.True(format.IsWhole(frame.Span));
    }

    [Fact]
    public void FrameStart_IsSureOnlyWithN()
    {
        var format = new Av1Depacketizer();
        Assert.False(format.MarksFrameStart);
        Assert.True(format.StartsFrame(Media.Hex("18 08 00")));
        Assert.False(format.StartsFrame(Media.Hex("10 08 00")));
        Assert.False(format.StartsFrame(Media.Hex("98 08 00")));
        Assert.False(format.StartsFrame([]));
    }

    [Fact]
    public void KeyFrame_ByLibaom_TellsItsSizeAndRoundTripsWithoutItsDelimiter()
    {
        var unit = Media.Hex(ByLibaom);
        Assert.True(Av1TemporalUnit.IsKeyFrame(unit, out var width, out var height));
        Assert.Equal((320, 180), (width, height));
        foreach (var room in (int[])[16, 20, 33, 50, 90, 1000])
        {
            Assert.Equal(unit[2..], PayloadFormatTests.Join(new Av1Depacketizer(), Cut(unit, key: true, room)));
        }
    }

    [Theory]
    [InlineData("0A 09 " + Sequence + " 32 02 10 00", true, "a key frame that is shown")]
    [InlineData("0A 09 " + Sequence + " 1A 02 10 00", true, "by its frame header alone")]
    [InlineData("0A 09 " + Sequence + " 32 02 30 00", false, "an inter frame")]
    [InlineData("0A 09 " + Sequence + " 32 02 50 00", false, "an intra-only frame")]
    [InlineData("0A 09 " + Sequence + " 32 02 00 00", false, "a key frame that is hidden")]
    [InlineData("0A 09 " + Sequence + " 32 02 90 00", false, "one that is shown again")]
    [InlineData("32 02 10 00", false, "no sequence header")]
    [InlineData("0A 09 " + Sequence, false, "no frame")]
    [InlineData("0A 07 00 00 00 2F F8 13 F8 32 02 10 00", false, "a sequence header cut off")]
    [InlineData("0A 03 18 82 FE 32 01 00", false, "a still picture cut off")]
    public void KeyFrame_ByItsObus_IsTold(string unit, bool isKey, string why)
    {
        Assert.True(isKey == Av1TemporalUnit.IsKeyFrame(Media.Hex(unit), out var width, out var height), why);
        Assert.Equal(isKey ? (640, 360) : (0, 0), (width, height));
    }

    [Fact]
    public void SequenceHeader_WithTimingAndOperatingPoints_TellsItsSize()
    {
        // Timing with a uvlc of 5, a decoder model of 8 bits, display delays, two operating points of which the first has a tier, a model
        // and a delay.
        string[] fields =
        [
            "000", "0", "0", "1", new string('0', 31) + "1", new string('0', 26) + "111100", "1", "00110", "1", "00111",
            new string('1', 32), "00011", "00100",
            "1", "00001", "000000000011", "01000", "1", "1", "10101010", "01010101", "1", "1", "0111", "000000000001", "00101", "0", "0",
            "1010", "1001", "10011111111", "1011001111",
        ];
        Assert.True(Av1TemporalUnit.IsKeyFrame([.. Media.Obu(1, Bits(fields)), .. Media.Obu(6, [0x10])], out var width, out var height));
        Assert.Equal((1280, 720), (width, height));
    }

    [Fact]
    public void SequenceHeader_OfAReducedStillPicture_TellsItsSize()
    {
        string[] fields = ["000", "1", "1", "00101", "1001", "1000", "1001111111", "101100111"];
        Assert.True(Av1TemporalUnit.IsKeyFrame([.. Media.Obu(1, Bits(fields)), .. Media.Obu(6, [0xFF])], out var width, out var height));
        Assert.Equal((640, 360), (width, height));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    [InlineData(140)]
    [InlineData(1150)]
    public void RandomUnits_RoundTripInEachRoom(int room)
    {
        var random = RandomSource.Seeded((ulong)room);
        int[] types = [1, 2, 3, 4, 5, 6, 8, 15, 9];
        for (var round = 0; round < 1500; round++)
        {
            var (unit, expected) = (new List<byte>(), new List<byte>());
            for (var i = random.Next(6); i >= 0; i--)
            {
                var type = types[random.Next(types.Length)];
                var obu = Media.Obu(i == 0 ? 6 : type, Media.Body(round + i, random.Next(random.Next(3) == 0 ? 4000 : 60)));
                if (random.Next(4) == 0)
                {
                    obu = [(byte)(obu[0] | 4), 0x48, .. obu[1..]];
                }

                expected.AddRange(i > 0 && type is (2 or 8) ? [] : obu);

                // The last may do without a size.
                unit.AddRange(i == 0 && random.Next(2) == 0 ? WithoutSize(obu) : obu);
            }

            var payloads = Cut([.. unit], key: round % 2 == 0, room);
            Assert.All(payloads, payload => Assert.InRange(payload.Length, 2, room));
            Assert.Equal(round % 2 == 0 ? 1 : 0, payloads.Count(payload => new Av1Depacketizer().StartsFrame(payload)));
            Assert.True(payloads.Count <= 6 + expected.Count / (room - 8), $"{payloads.Count} packets for {expected.Count} bytes");
            Assert.Equal(expected, PayloadFormatTests.Join(new Av1Depacketizer(), payloads));
        }
    }

    [Fact]
    public void MutatedPayloads_NeverThrowAndStayWithinTheLimit()
    {
        var random = RandomSource.Seeded(22);
        var format = new Av1Depacketizer();
        var buffer = new FrameBuffer();
        byte[] unit = [.. Media.Hex(ByLibaom), .. Media.Obu(5, Media.Body(3, 70))];
        for (var round = 0; round < 30_000; round++)
        {
            buffer.Clear();
            foreach (var payload in Cut(unit, true, 16 + random.Next(60)))
            {
                for (var i = random.Next(4); i > 0; i--)
                {
                    payload[random.Next(Math.Min(payload.Length, 1 + random.Next(20)))] = (byte)random.Next(256);
                }

                format.StartsFrame(payload);
                if (!format.TryAdd(payload.AsSpan(0, random.Next(8) == 0 ? random.Next(payload.Length + 1) : payload.Length), buffer, 140))
                {
                    buffer.Clear();
                }

                Assert.InRange(buffer.Length, 0, 140);
            }

            Av1TemporalUnit.IsKeyFrame(buffer.Span, out _, out _);
            random.Fill(unit.AsSpan(4, 11));
            Av1TemporalUnit.IsKeyFrame(unit, out var width, out var height);
            Assert.InRange(width, 0, 65536);
            Assert.InRange(height, 0, 65536);
        }
    }

    private static byte[] WithoutSize(byte[] obu)
    {
        var header = (obu[0] & 4) != 0 ? 2 : 1;
        Assert.True(Leb128.TryRead(obu.AsSpan(header), out _, out var length));
        return [(byte)(obu[0] & ~2), .. obu[1..header], .. obu[(header + length)..]];
    }

    private static byte[] Bits(string[] fields)
    {
        var bits = string.Concat(fields);
        return [.. bits.PadRight((bits.Length + 7) / 8 * 8, '0').Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2))];
    }

    private static List<byte[]> Cut(byte[] unit, bool key, int room)
    {
        var packetizer = new Av1Packetizer();
        var payload = new byte[room];
        var payloads = new List<byte[]>();
        Assert.True(packetizer.TryBegin(unit, key, room));
        while (!packetizer.AtEnd)
        {
            payloads.Add(payload[..packetizer.Next(unit, payload)]);
        }

        return payloads;
    }
}
