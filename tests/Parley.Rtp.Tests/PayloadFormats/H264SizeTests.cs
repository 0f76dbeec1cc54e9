namespace Parley.Rtp.Tests;

/// <summary>The size of H.264 pictures from their sequence parameter sets, as x264 wrote them through ffmpeg.</summary>
public class H264SizeTests
{
    [Theory]
    [InlineData("67 42 C0 16 D9 00 A0 2F F9 70 11 00 00 03 00 01 00 00 03 00 14 0F 16 2E 48", 640, 360)] // baseline, cropped below
    [InlineData("67 64 00 28 AC D9 40 78 02 27 E5 C0 44 00 00 03 00 04 00 00 03 00 50 3C 60 C6 58", 1920, 1080)] // high
    [InlineData("67 4D 40 0C EC A0 A8 CF 11 11 80 88 00 00 03 00 08 00 00 03 00 A0 78 A1 4C B0", 322, 178)] // main, cropped both ways
    [InlineData("67 F4 00 1F 91 9B 28 0A 00 B7 60 22 00 00 03 00 02 00 00 03 00 28 1E 30 63 2C", 1280, 720)] // 4:4:4
    [InlineData("67 7A 00 0C BC D9 41 51 9E 22 3F 01 10 00 00 03 00 10 00 00 03 01 40 F1 42 99 60", 322, 178)] // 4:2:2
    [InlineData("67 64 00 1E AC D9 40 B4 24 D8 08 80 00 00 03 00 80 00 00 19 0F 8A 14 CB", 720, 576)] // of two fields
    public void Size_OfAParameterSet_IsRead(string set, int width, int height)
    {
        var unit = Media.Hex(set);
        byte[] frame = [0, 0, 0, 1, 9, 0x10, 0, 0, 0, 1, .. unit, 0, 0, 0, 1, 0x68, 0xCE, 0, 0, 1, 0x65, 0x88, 0x84];
        Assert.True(H264SequenceParameterSet.TryReadSize(frame, out var read, out var high));
        Assert.Equal((width, height), (read, high));
        Assert.True(H264SequenceParameterSet.TryReadSize(unit, out read, out high));
        Assert.Equal((width, height), (read, high));

        // Cut anywhere it is no size, or the whole's: what follows the size is not looked at.
        for (var length = 0; length < unit.Length; length++)
        {
            var known = H264SequenceParameterSet.TryReadSize(unit.AsSpan(0, length), out read, out high);
            Assert.Equal(known ? (width, height) : (0, 0), (read, high));
        }
    }

    [Fact]
    public void Size_OfNoise_IsNoneOrInBounds()
    {
        var random = new Random(1);
        var unit = new byte[400];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(unit);
            unit[0] = 0x67;
            unit[1] = 100;
            H264SequenceParameterSet.TryReadSize(unit.AsSpan(0, random.Next(unit.Length)), out var width, out var height);
            Assert.InRange(width, 0, 65_536);
            Assert.InRange(height, 0, 65_536);
        }

        Assert.False(H264SequenceParameterSet.TryReadSize([0, 0, 0, 1, 0x65, 0x88], out _, out _));
        Assert.False(H264SequenceParameterSet.TryReadSize([], out _, out _));
    }

    [Fact]
    public void KeyFrame_ReceivedWithItsParameterSet_TellsItsSize()
    {
        var pair = new Pair();
        var outbound = pair.A.Session.AddOutbound(new RtpOutboundOptions { Codecs = [Media.H264] });
        pair.B.Session.AddInbound(new RtpInboundOptions { Codecs = [Media.H264] });
        byte[] frame =
        [
            0, 0, 0, 1, .. Media.Hex("67 42 C0 16 D9 00 A0 2F F9 70 11 00 00 03 00 01 00 00 03 00 14 0F 16 2E 48"), 0, 0, 0, 1, 0x68, 0xCE,
            0x38, 0x80, 0, 0, 0, 1, 0x65, .. Media.Body(1, 3000),
        ];
        Assert.True(
            outbound.Send(
                new RtpFrame { PayloadType = Media.H264.PayloadType, Timestamp = new(1), Data = frame, IsKeyFrame = true }, pair.Now));
        pair.Run(TimeSpan.FromSeconds(1));
        var taken = Assert.Single(pair.B.Frames);
        Assert.Equal((true, 640, 360), (taken.IsKeyFrame, taken.Width, taken.Height));
    }
}
