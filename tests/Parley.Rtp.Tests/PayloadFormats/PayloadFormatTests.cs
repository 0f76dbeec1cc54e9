using Parley.Net;

namespace Parley.Rtp.Tests.PayloadFormats;

public class PayloadFormatTests
{
    [Theory]
    [InlineData(30)]
    [InlineData(101)]
    [InlineData(400)]
    [InlineData(1150)]
    public void Vp8_EachLengthAndRoom_RoundTrips(int room)
    {
        for (var length = 14; length < 4000; length += 37)
        {
            var frame = Media.Vp8Frame(length, length, key: true);
            var payloads = Cut(new Vp8Packetizer(0x7FFF), frame, room);
            Assert.All(payloads, payload => Assert.True(payload.Length <= room));
            var spread = payloads.Max(payload => payload.Length) - payloads.Min(payload => payload.Length);
            Assert.InRange(spread, 0, 1);
            Assert.Equal(frame, Join(new Vp8Depacketizer(), payloads));
            Assert.Single(payloads, payload => new Vp8Depacketizer().StartsFrame(payload));
        }
    }

    [Fact]
    public void Vp8Descriptor_EachFieldPresent_IsRead()
    {
        Assert.True(Vp8PayloadDescriptor.TryParse(Media.Hex("B0 F0 81 23 07 E5 00"), out var descriptor));
        Assert.Equal(6, descriptor.Length);
        Assert.True(descriptor.IsNonReference);
        Assert.True(descriptor.StartsFrame);
        Assert.Equal(
            (0x123, 7, 3, true, 5),
            (descriptor.PictureId, descriptor.TemporalLevelZeroIndex, descriptor.TemporalLayer, descriptor.LayerSync, descriptor.KeyIndex));
        Assert.True(Vp8PayloadDescriptor.TryParse(Media.Hex("90 80 11 00"), out descriptor));
        Assert.Equal((3, 0x11, -1, -1), (descriptor.Length, descriptor.PictureId, descriptor.TemporalLayer, descriptor.KeyIndex));
        Assert.True(Vp8PayloadDescriptor.TryParse(Media.Hex("03"), out descriptor));
        Assert.Equal((1, 3, false), (descriptor.Length, descriptor.PartitionIndex, descriptor.StartsFrame));
        for (var length = 0; length < 6; length++)
        {
            Assert.False(Vp8PayloadDescriptor.TryParse(Media.Hex("B0 F0 81 23 07 E5").AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    [InlineData(1150)]
    public void H264_UnitsOfAllSizes_RoundTrip(int room)
    {
        var random = RandomSource.Seeded((ulong)room);
        for (var round = 0; round < 300; round++)
        {
            var units = Enumerable.Range(0, 1 + random.Next(6))
                .Select(i => Unit((byte)(i == 0 ? 0x67 : 0x65), 2 + random.Next(random.Next(3) == 0 ? 4000 : 40), random)).ToList();
            byte[] frame = [.. units.SelectMany(unit => (byte[])[0, 0, 0, 1, .. unit])];
            var payloads = Cut(new H264Packetizer(), frame, room);
            Assert.All(payloads, payload => Assert.InRange(payload.Length, 1, room));
            Assert.Equal(frame, Join(new H264Depacketizer(), payloads));
        }
    }

    [Fact]
    public void H264_SmallUnits_ShareOneStapA()
    {
        var frame = Media.Hex("00 00 00 01 67 42 00 00 01 68 CE 00 00 01 65 88 84");
        var payload = Assert.Single(Cut(new H264Packetizer(), frame, 100));
        Assert.Equal(Media.Hex("78 00 02 67 42 00 02 68 CE 00 03 65 88 84"), payload);
    }

    [Fact]
    public void H264_LargeUnit_IsFragmentedByFuA()
    {
        var payloads = Cut(new H264Packetizer(), Media.Hex("00 00 01 65 01 02 03 04 05 06"), 5);
        Assert.Equal([Media.Hex("7C 85 01 02 03"), Media.Hex("7C 45 04 05 06")], payloads);
    }

    [Fact]
    public void H264_KeyFrame_IsToldByItsSlice()
    {
        var format = new H264Depacketizer();
        Assert.True(format.IsKeyFrame(Media.Hex("00 00 00 01 67 42 00 00 00 01 68 CE 00 00 00 01 65 88"), out _, out _));
        Assert.False(format.IsKeyFrame(Media.Hex("00 00 00 01 41 9A 00 00 00 01 65 88"), out _, out _));
    }

    [Fact]
    public void Depacketizers_RandomPayloads_NeverThrowAndStayWithinTheLimit()
    {
        var random = RandomSource.Seeded(5);
        Depacketizer[] formats =
            [new Vp8Depacketizer(), new Vp9Depacketizer(), new Av1Depacketizer(), new H264Depacketizer(), new WholeDepacketizer()];
        var frames = formats.Select(_ => new FrameBuffer()).ToArray();
        for (var i = 0; i < 50_000; i++)
        {
            var payload = new byte[random.Next(60)];
            random.Fill(payload);
            foreach (var (format, frame) in formats.Zip(frames))
            {
                format.StartsFrame(payload);
                if (!format.TryAdd(payload, frame, 2000))
                {
                    frame.Clear();
                }

                format.EndsFrame(payload);
                format.IsWhole(frame.Span);
                format.IsKeyFrame(frame.Span, out _, out _);
                Assert.True(frame.Length <= 2000);
            }
        }
    }

    [Fact]
    public void Packetizers_RandomFrames_NeverThrow()
    {
        var random = RandomSource.Seeded(6);
        var payload = new byte[100];
        for (var i = 0; i < 20_000; i++)
        {
            var frame = new byte[random.Next(300)];
            random.Fill(frame);
            for (var at = 0; at < frame.Length; at++)
            {
                frame[at] = (byte)(frame[at] & (random.Next(2) == 0 ? 0x01 : 0xFF));
            }

            var packetizer = new H264Packetizer();
            if (packetizer.TryBegin(frame, false, 100))
            {
                var count = 0;
                do
                {
                    Assert.True(packetizer.Next(frame, payload) > 0);
                    Assert.True(++count <= 300);
                }
                while (!packetizer.AtEnd);
            }
        }
    }

    private static byte[] Unit(byte header, int length, RandomSource random)
    {
        var unit = new byte[length];
        random.Fill(unit);
        for (var i = 0; i < length; i++)
        {
            // No start code inside, no zero at the end: an encoder takes care of both.
            unit[i] |= 4;
        }

        unit[0] = header;
        return unit;
    }

    internal static List<byte[]> Cut(Packetizer packetizer, byte[] frame, int room)
    {
        var payload = new byte[room];
        var payloads = new List<byte[]>();
        Assert.True(packetizer.TryBegin(frame, true, room));
        do
        {
            payloads.Add(payload[..packetizer.Next(frame, payload)]);
        }
        while (!packetizer.AtEnd);
        Assert.Equal(0, packetizer.Next(frame, payload));
        return payloads;
    }

    internal static byte[] Join(Depacketizer depacketizer, List<byte[]> payloads)
    {
        var frame = new FrameBuffer();
        Assert.All(payloads, payload => Assert.True(depacketizer.TryAdd(payload, frame, 1 << 20)));
        return frame.Span.ToArray();
    }
}
