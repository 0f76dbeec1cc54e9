using Parley.Net;

namespace Parley.Rtp.Tests;

// RFC 2198.
public class RedundancyTests
{
    private static readonly RtpCodec Red = new() { PayloadType = new(63), Name = "red", ClockRate = 48000, Channels = 2, Fmtp = "111/111" };

    private readonly Pair _pair = new();

    [Fact]
    public void Sound_WithRedundancy_ComesAsWhatItHolds()
    {
        Receive(10, 0, "6F A0");
        Receive(11, 960, Block(960) + "6F A0 A1");
        Receive(12, 1920, Block(960) + "6F A1 A2");
        Expect("10 0 A0", "11 960 A1", "12 1920 A2");
        Assert.All(_pair.B.Frames, frame => Assert.True(frame is { Codec: "opus", IsKeyFrame: true, FollowsLoss: false }));
    }

    [Fact]
    public void LostPacket_IsTakenFromTheNext()
    {
        Receive(10, 0, "6F A0");
        Receive(12, 1920, Block(960) + "6F A1 A2");
        Receive(13, 2880, Block(960) + "6F A2 A3");
        Expect("10 0 A0", "11 960 A1", "12 1920 A2", "13 2880 A3");
        Assert.All(_pair.B.Frames, frame => Assert.False(frame.FollowsLoss));
    }

    [Fact]
    public void MoreLostThanRepeated_LeavesAGapBeforeTheFirstThatIsRecovered()
    {
        Receive(10, 0, "6F A0");
        Receive(14, 3840, Block(1920) + Block(960) + "6F A2 A3 A4");
        Expect("10 0 A0", "12 1920 A2", "13 2880 A3", "14 3840 A4");
        Assert.Equal([false, true, false, false], _pair.B.Frames.Select(frame => frame.FollowsLoss));
    }

    [Fact]
    public void BlocksThatCameAlready_AreNotHandedUpAgain()
    {
        Receive(10, 0, "6F A0");
        Receive(12, 1920, Block(1920) + Block(960) + "6F A0 A1 A2");
        Expect("10 0 A0", "11 960 A1", "12 1920 A2");
    }

    [Fact]
    public void ReorderedPackets_AreNotRecoveredTwice()
    {
        Receive(10, 0, "6F A0");
        Receive(12, 1920, Block(960) + "6F A1 A2", settle: false);
        Receive(11, 960, Block(960) + "6F A0 A1");
        Expect("10 0 A0", "11 960 A1", "12 1920 A2");
    }

    [Fact]
    public void FirstPacket_RecoversNothingFromBeforeItself()
    {
        Receive(10, 960, Block(960) + "6F A0 A1");
        Expect("10 960 A1");
    }

    [Fact]
    public void SoundWithoutRedundancy_MayComeBetween()
    {
        Receive(10, 0, "A0", payloadType: 111);
        Receive(12, 1920, Block(960) + "6F A1 A2");
        Receive(13, 2880, "A3", payloadType: 111);
        Expect("10 0 A0", "11 960 A1", "12 1920 A2", "13 2880 A3");
    }

    [Theory]
    [InlineData("EF 0F 00")]
    [InlineData("EF 0F 00 05 6F A0")]
    [InlineData("EF 0F 00 01")]
    [InlineData("3F A0")]
    [InlineData("7E A0")]
    [InlineData("05 A0")]
    [InlineData("6F")]
    public void Malformed_IsPassedOver(string payload)
    {
        Receive(10, 0, "6F A0");
        Receive(11, 960, payload);
        Receive(12, 1920, "6F A2");
        Expect("10 0 A0", "12 1920 A2");
    }

    [Fact]
    public void PaddingAlone_IsNoLossAndNotDiscarded()
    {
        Receive(10, 0, "6F A0");
        Receive(11, 960, "");
        Receive(13, 1920, Block(960) + "6F A1 A2");
        Expect("10 0 A0", "12 960 A1", "13 1920 A2");
        Assert.All(_pair.B.Frames, frame => Assert.False(frame.FollowsLoss));
        Assert.Equal(0, _pair.B.Frames[0].Stream.Statistics.PacketsDiscarded);
    }

    [Fact]
    public void RandomPayloads_NeverThrowAndHandUpNoMoreThanWasLost()
    {
        var random = RandomSource.Seeded(8);
        var sequence = 10;
        for (var i = 0; i < 3000; i++)
        {
            var headers = string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Block(random.Next(16384))));
            var payload = Media.Hex(headers + "6F A0 A1 A2 A3 A4");
            if (random.Next(3) == 0)
            {
                payload[random.Next(payload.Length)] = (byte)random.Next(256);
            }

            sequence += 1 + random.Next(3);
            Receive((ushort)sequence, (uint)sequence * 960, Convert.ToHexString(payload));
        }

        Assert.InRange(_pair.B.Frames.Count, 100, sequence);
        Assert.Equal(_pair.B.Frames.Select(frame => frame.Sequence).Order().Distinct(), _pair.B.Frames.Select(frame => frame.Sequence));
        Assert.Equal(
            _pair.B.Frames.Select(frame => frame.ExtendedTimestamp).Order(), _pair.B.Frames.Select(frame => frame.ExtendedTimestamp));
    }

    /// <summary>The header of a block of one byte.</summary>
    private static string Block(int offset) => $"EF {offset << 2 >> 8:X2} {offset << 2 & 0xFF:X2} 01 ";

    private void Receive(ushort sequence, uint timestamp, string payload, byte payloadType = 63, bool settle = true)
    {
        if (_pair.B.Session.Inbounds.Count == 0)
        {
            _pair.B.Session.AddInbound(
                new() { Codecs = [Media.Opus, Red, new() { PayloadType = new(126), Name = "telephone-event", ClockRate = 8000 }] });
        }

        var bytes = Media.Hex(payload);
        var packet = new byte[200];
        var length = new RtpHeaderWriter(packet, new(payloadType), false, new(sequence), new(timestamp), new(9)).Length;
        bytes.CopyTo(packet, length);
        _pair.B.Session.Receive(packet.AsSpan(0, length + bytes.Length), _pair.Now);
        _pair.Run(TimeSpan.FromMilliseconds(settle ? 300 : 1));
    }

    private void Expect(params string[] frames) =>
        Assert.Equal(
            frames,
            _pair.B.Frames.Select(frame => $"{(ushort)frame.Sequence} {frame.ExtendedTimestamp} {Convert.ToHexString(frame.Data)}"));
}
