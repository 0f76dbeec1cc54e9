using System.Runtime.InteropServices;

namespace Parley.Media.Tests.Encoding;

// RFC 3389.
public class ComfortNoiseTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    public void Silence_IsAsLoudAsTheFrameSaysAndLastsUntilTheNextFrame(byte level)
    {
        using var decoder = AudioDecoder.Create(MediaFormat.Pcma);
        var sound = new List<(TimeSpan At, short[] Samples, bool FollowsLoss)>();
        void Decode(MediaFormat format, byte[] data, int milliseconds) => decoder.Decode(
            new MediaFrame { Format = format, Data = data, Timestamp = TimeSpan.FromMilliseconds(milliseconds) },
            (in MediaFrame frame) =>
                sound.Add((frame.Timestamp, MemoryMarshal.Cast<byte, short>(frame.Data.Span).ToArray(), frame.FollowsLoss)));
        Decode(MediaFormat.Pcma, [.. Enumerable.Repeat((byte)0xD5, 160)], 0);
        Decode(MediaFormat.ComfortNoise, [level, 1, 2, 3], 20);
        Decode(MediaFormat.Pcmu, [.. Enumerable.Repeat((byte)0xFF, 160)], 3_020);
        Assert.Equal(3_040 * 8, sound.Sum(piece => piece.Samples.Length));
        Assert.DoesNotContain(sound, piece => piece.FollowsLoss);
        var noise = sound.Where(piece => piece.At >= TimeSpan.FromMilliseconds(20) && piece.At < TimeSpan.FromMilliseconds(3_020))
            .SelectMany(piece => piece.Samples).ToArray();
        Assert.Equal(24_000, noise.Length);
        Assert.Equal(-level, AudioLevelMeter.LevelOf(noise), 0.5);
        Assert.All(sound[^1].Samples, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Frames_ThatBeginWithNoise_AreDecodedAllTheSame()
    {
        using var decoder = AudioDecoder.Create(MediaFormat.ComfortNoise);
        var samples = 0;
        decoder.Decode(new MediaFrame { Format = MediaFormat.ComfortNoise, Data = new byte[] { 127 } }, (in MediaFrame frame) =>
            samples += frame.Data.Length / 2);
        decoder.Decode(
            new MediaFrame { Format = MediaFormat.ComfortNoise, Data = default, Timestamp = TimeSpan.FromSeconds(0.1) },
            (in MediaFrame frame) => samples += frame.Data.Length / 2);
        Assert.Equal(960, samples);
    }
}
