using Parley.Net;

namespace Parley.Rtp.Tests.PayloadFormats;

// RFC 9628.
public class Vp9Tests
{
    [Fact]
    public void Descriptor_NonFlexible_TellsPictureLayersAndLevelZeroIndex()
    {
        // I P L B; 15-bit id 0x123; TID 2, U, SID 1, D; TL0PICIDX 7.
        Assert.True(Vp9PayloadDescriptor.TryParse(Media.Hex("E8 81 23 53 07 AA"), out var descriptor));
        Assert.Equal((5, 0x123, 7), (descriptor.Length, descriptor.PictureId, descriptor.TemporalLevelZeroIndex));
        Assert.Equal(
            (2, true, 1, true),
            (descriptor.TemporalLayer, descriptor.IsSwitchingUpPoint, descriptor.SpatialLayer, descriptor.IsInterLayerPredicted));
        Assert.Equal(
            (true, false, true, false),
            (descriptor.IsInterPredicted, descriptor.IsFlexible, descriptor.StartsLayerFrame, descriptor.EndsLayerFrame));
        Assert.False(descriptor.StartsPicture);
        Assert.False(descriptor.HasStructure);
        Assert.Equal(0, descriptor.ReferenceCount);
    }

    [Fact]
    public void Descriptor_OfLeastParts_IsRead()
    {
        Assert.True(Vp9PayloadDescriptor.TryParse(Media.Hex("0D AA"), out var descriptor));
        Assert.Equal(
            (1, -1, -1, -1, -1), (descriptor.Length, descriptor.PictureId, descriptor.TemporalLevelZeroIndex, descriptor.TemporalLayer,
                descriptor.SpatialLayer));
        Assert.True(
            descriptor is { StartsPicture: true, EndsLayerFrame: true, IsNotReferencedByUpperLayers: true, IsSwitchingUpPoint: false });
        Assert.True(Vp9PayloadDescriptor.TryParse(Media.Hex("80 11 AA"), out descriptor));
        Assert.Equal((2, 0x11, false), (descriptor.Length, descriptor.PictureId, descriptor.StartsPicture));
    }

    [Fact]
    public void Descriptor_Flexible_NamesUpToThreeReferences()
    {
        // I P L F B; id; layers, and no TL0PICIDX; P_DIFF 3, 2, 1.
        Assert.True(Vp9PayloadDescriptor.TryParse(Media.Hex("F8 81 23 40 07 05 02 AA"), out var descriptor));
        Assert.Equal((7, -1, 3), (descriptor.Length, descriptor.TemporalLevelZeroIndex, descriptor.ReferenceCount));
        Assert.Equal((3, 2, 1), (descriptor.Reference(0), descriptor.Reference(1), descriptor.Reference(2)));
        Assert.True(Vp9PayloadDescriptor.TryParse(Media.Hex("F8 81 23 40 FE AA"), out descriptor));
        Assert.Equal((5, 1, 127), (descriptor.Length, descriptor.ReferenceCount, descriptor.Reference(0)));

        // A key picture refers to nothing, so has no P_DIFF; a fourth is malformed.
        Assert.True(Vp9PayloadDescriptor.TryParse(Media.Hex("B8 81 23 00 07"), out descriptor));
        Assert.Equal((4, 0), (descriptor.Length, descriptor.ReferenceCount));
        Assert.False(Vp9PayloadDescriptor.TryParse(Media.Hex("F8 81 23 40 07 05 03 02 AA"), out _));
    }

    [Fact]
    public void Descriptor_ScalabilityStructure_TellsLayersSizesAndPattern()
    {
        // I L B V; two spatial layers with sizes; two pictures: one reference, two references.
        byte[] payload = Media.Hex("AA 11 00 05 38 01 40 00 B4 02 80 01 68 02 04 01 38 01 02 82");
        Assert.True(Vp9PayloadDescriptor.TryParse(payload, out var descriptor));
        Assert.Equal(payload.Length - 1, descriptor.Length);
        Assert.True(descriptor.HasStructure);
        Assert.Equal(
            (2, true, 2), (descriptor.Structure.SpatialLayerCount, descriptor.Structure.HasSizes, descriptor.Structure.PictureCount));
        Assert.Equal((320, 180), descriptor.Structure.SizeOf(0));
        Assert.Equal((640, 360), descriptor.Structure.SizeOf(1));
        Assert.True(Vp9PayloadDescriptor.TryParse(Media.Hex("0A E0 AA"), out descriptor));
        Assert.Equal(
            (2, 8, false, 0),
            (descriptor.Length, descriptor.Structure.SpatialLayerCount, descriptor.Structure.HasSizes, descriptor.Structure.PictureCount));
    }

    [Theory]
    [InlineData("E8 81 23 53 07")]
    [InlineData("F8 81 23 40 07 05 02")]
    [InlineData("AA 11 00 05 38 01 40 00 B4 02 80 01 68 02 04 01 38 01 02")]
    public void Descriptor_CutAnywhere_IsRefused(string hex)
    {
        var whole = Media.Hex(hex);
        Assert.True(Vp9PayloadDescriptor.TryParse(whole, out _));
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(Vp9PayloadDescriptor.TryParse(whole.AsSpan(0, length), out _));
            Assert.False(new Vp9Depacketizer().TryAdd(whole.AsSpan(0, length), new FrameBuffer(), 1000));
        }

        // And with nothing behind it, it adds nothing.
        Assert.False(new Vp9Depacketizer().TryAdd(whole, new FrameBuffer(), 1000));
    }

    [Fact]
    public void Header_OfAFrameByLibvpx_TellsItsSize()
    {
        Assert.True(Vp9FrameHeader.TryParse(Media.Hex("82 49 83 42 00 13 F0 0B 36 00 38 24"), out var header));
        Assert.Equal((0, true, true, 320, 180), (header.Profile, header.IsKeyFrame, header.IsShown, header.Width, header.Height));
    }

    [Theory]
    [InlineData("86 00", 0, false, true)]
    [InlineData("84 00", 0, false, false)]
    [InlineData("A6 00", 1, false, true)]
    [InlineData("96 00", 2, false, true)]
    [InlineData("B3 00", 3, false, true)]
    [InlineData("88", 0, true, true)]
    public void Header_OfAFrameThatIsNoKey_TellsItsProfile(string hex, int profile, bool existing, bool shown)
    {
        Assert.True(Vp9FrameHeader.TryParse(Media.Hex(hex), out var header));
        Assert.Equal(
            (profile, existing, shown, false, 0),
            (header.Profile, header.ShowsExistingFrame, header.IsShown, header.IsKeyFrame, header.Width));
    }

    [Theory]
    [InlineData(
        "82 49 83 42 00 13 F0 0B 36 00 38 24 86 00 00 00 01 3F 80 B3 80 C1 0C 09 C1", 640, 360, "a larger layer with a size of its own")]
    [InlineData(
        "82 49 83 42 00 13 F0 0B 36 00 38 24 86 00 00 00 FF FF FF FF FF 80 C1 0C 0A C1", 320, 180,
        "a layer of the size of one it refers to")]
    [InlineData("82 49 83 42 00 13 F0 0B 36 00 38 24", 320, 180, "a frame alone")]
    [InlineData(
        "82 49 83 42 00 13 F0 0B 36 00 38 24 86 00 00 00 01 3F 80 B3 80 C1 0C 0A C1", 320, 180, "sizes that reach beyond the frames")]
    public void Superframe_OfSpatialLayers_IsAsLargeAsTheLargest(string hex, int width, int height, string what)
    {
        Assert.True(Vp9FrameHeader.TryReadPictureSize(Media.Hex(hex), out var w, out var h), what);
        Assert.Equal((width, height), (w, h));
        Assert.False(Vp9FrameHeader.TryReadPictureSize(Media.Hex(hex).AsSpan(12), out w, out h));
        Assert.Equal((0, 0), (w, h));
    }

    [Fact]
    public void Superframe_AtRandom_NeverThrows()
    {
        var random = RandomSource.Seeded(9628);
        var whole = Media.Hex("82 49 83 42 00 13 F0 0B 36 00 38 24 86 00 00 00 01 3F 80 B3 80 C1 0C 09 C1");
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole[random.Next(3)..(whole.Length - random.Next(3))];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[^1] = (byte)(i % 2 == 0 ? bytes[^1] : 0xC0 | random.Next(32));
            Vp9FrameHeader.TryReadPictureSize(bytes, out _, out _);
        }
    }

    [Theory]
    [InlineData("42 49 83 42 20 27 F0 16 70", "no frame marker")]
    [InlineData("B8 49 83 42 20 27 F0 16 70", "a reserved bit")]
    [InlineData("82 49 83 43 20 27 F0 16 70", "no sync code")]
    [InlineData("82 49 83 42 E0 27 F0 16 70", "RGB in profile 0")]
    [InlineData("82 49 83 42 20 27 F0 16", "cut off")]
    public void Header_ThatIsNone_IsRefused(string hex, string why) => Assert.False(Vp9FrameHeader.TryParse(Media.Hex(hex), out _), why);

    [Theory]
    [InlineData("92 49 83 42 10 13 F8 0B 38", 2, 640, 360)]
    [InlineData("A2 49 83 42 20 04 FE 02 CE", 1, 640, 360)]
    [InlineData("A2 49 83 42 E0 27 F0 16 70", 1, 640, 360)]
    public void Header_OfOtherProfiles_TellsItsSize(string hex, int profile, int width, int height)
    {
        Assert.True(Vp9FrameHeader.TryParse(Media.Hex(hex), out var header));
        Assert.Equal(profile, header.Profile);
        Assert.Equal((width, height), (header.Width, header.Height));
    }

    [Fact]
    public void Packetizer_KeyFrame_BeginsWithTheStructure()
    {
        var frame = Media.Vp9Frame(3, 40, key: true);
        var payload = Assert.Single(PayloadFormatTests.Cut(new Vp9Packetizer(0x7FFF, 0xFF), frame, 100));

        // I L B E V Z; picture id 0 after 0x7FFF; layer 0; TL0PICIDX 0 after 255; one layer of 640x360, one picture that refers to the one
        // before.
        Assert.Equal(Media.Hex("AF 80 00 00 00 18 02 80 01 68 01 04 01"), payload[..13]);
        Assert.Equal(frame, payload[13..]);
    }

    [Fact]
    public void Packetizer_OtherFrames_AreMarkedAndCounted()
    {
        var packetizer = new Vp9Packetizer(0x122, 6);
        var frame = Media.Vp9Frame(3, 40, key: false);
        var payload = new byte[30];
        Assert.True(packetizer.TryBegin(frame, isKeyFrame: false, 30));
        Assert.Equal(25, packetizer.Next(frame, payload));
        Assert.Equal(Media.Hex("E9 81 23 00 07"), payload[..5]);
        Assert.Equal(25, packetizer.Next(frame, payload));
        Assert.Equal(Media.Hex("E5 81 23 00 07"), payload[..5]);
        Assert.True(packetizer.TryBegin(frame, isKeyFrame: false, 100));
        Assert.Equal(45, packetizer.Next(frame, new byte[100]));
        Assert.True(packetizer.AtEnd);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(31)]
    [InlineData(101)]
    [InlineData(1150)]
    public void EachLengthAndRoom_RoundTrips(int room)
    {
        for (var length = 14; length < 3000; length += length < 60 ? 1 : 37)
        {
            foreach (var key in (bool[])[true, false])
            {
                var frame = Media.Vp9Frame(length, length, key);
                var payloads = Cut(frame, key, room);
                Assert.All(payloads, payload => Assert.InRange(payload.Length, 6, room));
                Assert.True(room < 30 || payloads.Max(payload => payload.Length) - payloads.Min(payload => payload.Length) <= 1);
                var format = new Vp9Depacketizer();
                Assert.Equal(frame, PayloadFormatTests.Join(format, payloads));
                Assert.Equal(key, format.IsKeyFrame(frame, out var width, out var height));
                Assert.Equal(key ? (640, 360) : (0, 0), (width, height));
                Assert.Equal(payloads[0], Assert.Single(payloads, payload => format.StartsFrame(payload)));
                Assert.DoesNotContain(payloads, payload => format.EndsFrame(payload));
            }
        }
    }

    [Fact]
    public void Packetizer_WithoutRoom_Refuses()
    {
        Assert.False(new Vp9Packetizer(0, 0).TryBegin(Media.Vp9Frame(1, 40, true), true, 13));
        Assert.False(new Vp9Packetizer(0, 0).TryBegin([], true, 1000));
    }

    [Fact]
    public void LayersOfAPicture_AreJoined_AndTheStructureTellsTheLargestSize()
    {
        var (low, high) = (Media.Vp9Frame(1, 30, true, 320, 180), Media.Vp9Frame(2, 50, false));
        var format = new Vp9Depacketizer();
        byte[] first = [.. Media.Hex("AE 11 00 05 30 01 40 00 B4 02 80 01 68"), .. low];
        byte[] second = [.. Media.Hex("AD 11 03 05"), .. high];
        Assert.True(format.StartsFrame(first));
        Assert.False(format.EndsFrame(first));
        Assert.False(format.StartsFrame(second));
        Assert.Equal([.. low, .. high], PayloadFormatTests.Join(format, [first, second]));
        Assert.True(format.IsKeyFrame([.. low, .. high], out var width, out var height));
        Assert.Equal((640, 360), (width, height));
    }

    [Fact]
    public void UnreadableFrame_IsAKeyByItsDescriptor()
    {
        var format = new Vp9Depacketizer();
        byte[] encrypted = Media.Hex("0F EE 12 99 00 00");
        PayloadFormatTests.Join(format, [[0x8C, 0x11, .. encrypted]]);
        Assert.True(format.IsKeyFrame(encrypted, out _, out _));
        PayloadFormatTests.Join(format, [[0xCC, 0x12, .. encrypted]]);
        Assert.False(format.IsKeyFrame(encrypted, out _, out _));
    }

    [Fact]
    public void PictureWithoutLayersOrMarker_EndsWithItsLayerFrame()
    {
        var format = new Vp9Depacketizer();
        Assert.True(format.EndsFrame(Media.Hex("84 11 82")));
        Assert.False(format.EndsFrame(Media.Hex("88 11 82")));
        Assert.False(format.EndsFrame(Media.Hex("A4 11 00 05 82")));
    }

    [Fact]
    public void MutatedPayloads_NeverThrowAndStayWithinTheLimit()
    {
        var random = RandomSource.Seeded(21);
        var format = new Vp9Depacketizer();
        var buffer = new FrameBuffer();
        for (var round = 0; round < 20_000; round++)
        {
            buffer.Clear();
            foreach (var payload in Cut(Media.Vp9Frame(round, 14 + random.Next(200), true), true, 30 + random.Next(60)))
            {
                payload[random.Next(Math.Min(payload.Length, 20))] = (byte)random.Next(256);
                var cut = payload.AsSpan(0, random.Next(payload.Length + 1));
                format.StartsFrame(cut);
                format.EndsFrame(cut);
                format.TryAdd(cut, buffer, 150);
                Assert.InRange(buffer.Length, 0, 150);
            }

            format.IsKeyFrame(buffer.Span, out _, out _);
        }
    }

    private static List<byte[]> Cut(byte[] frame, bool key, int room)
    {
        var packetizer = new Vp9Packetizer(7, 7);
        var payload = new byte[room];
        var payloads = new List<byte[]>();
        Assert.True(packetizer.TryBegin(frame, key, room));
        while (!packetizer.AtEnd)
        {
            payloads.Add(payload[..packetizer.Next(frame, payload)]);
        }

        return payloads;
    }
}
