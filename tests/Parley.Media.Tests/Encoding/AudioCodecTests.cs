using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Media.Tests.Encoding;

public class AudioCodecTests
{
    // ITU-T G.711 tables 5 and 6: a sine of 1 kHz at a nominal level of 0 dBm0.
    private static readonly byte[] MuLawMilliwatt = Convert.FromHexString("1E0B0B1E9E8B8B9E");
    private static readonly byte[] ALawMilliwatt = Convert.FromHexString("342121 34B4A1A1B4".Replace(" ", ""));

    [Fact]
    public void G711_Milliwatt_IsSixteenBitsOfTheRightLevelAndEncodesToItself()
    {
        foreach (var (codes, decode, encode, overload) in new[]
        {
            (MuLawMilliwatt, (Func<byte, short>)G711.DecodeMuLaw, (Func<short, byte>)G711.EncodeMuLaw, 3.17),
            (ALawMilliwatt, G711.DecodeALaw, G711.EncodeALaw, 3.14),
        })
        {
            var samples = codes.Select(decode).ToArray();

            // A sine at the overload point has an RMS of full scale less 3.01 dB.
            Assert.Equal(-3.01 - overload, AudioLevelMeter.LevelOf(samples), 0.1);
            Assert.Equal(codes, samples.Select(encode).ToArray());
        }
    }

    [Theory]
    [InlineData(0x00, -32124)]
    [InlineData(0x80, 32124)]
    [InlineData(0xFF, 0)]
    [InlineData(0x7F, 0)]
    [InlineData(0x8F, 16764)]
    [InlineData(0xFE, 8)]
    public void G711_MuLawKnownCodes_Decode(byte code, short sample) => Assert.Equal(sample, G711.DecodeMuLaw(code));

    [Theory]
    [InlineData(0x2A, -32256)]
    [InlineData(0xAA, 32256)]
    [InlineData(0xD5, 8)]
    [InlineData(0x55, -8)]
    [InlineData(0x80, 5504)]
    public void G711_ALawKnownCodes_Decode(byte code, short sample) => Assert.Equal(sample, G711.DecodeALaw(code));

    [Fact]
    public void G711_EverySample_EncodesToTheNearestCodeAndEveryCodeComesBack()
    {
        for (var code = 0; code < 256; code++)
        {
            Assert.Equal(G711.DecodeMuLaw((byte)code), G711.DecodeMuLaw(G711.EncodeMuLaw(G711.DecodeMuLaw((byte)code))));
            Assert.Equal((byte)code, G711.EncodeALaw(G711.DecodeALaw((byte)code)));
        }

        for (int sample = short.MinValue; sample <= short.MaxValue; sample++)
        {
            var magnitude = Math.Abs(sample);
            Assert.InRange(
                Math.Abs(G711.DecodeMuLaw(G711.EncodeMuLaw((short)sample)) - sample),
                0,
                Math.Max((magnitude + 132) / 32, magnitude - 32124));
            Assert.InRange(
                Math.Abs(G711.DecodeALaw(G711.EncodeALaw((short)sample)) - sample),
                0,
                Math.Max(8, Math.Max(magnitude / 32 + 1, magnitude - 32256)));
        }

        Assert.Equal((0xFF, 0xD5), (G711.EncodeMuLaw(0), G711.EncodeALaw(0)));
    }

    [Theory]
    [InlineData("opus", 48_000, 1)]
    [InlineData("opus", 16_000, 1)]
    [InlineData("opus", 44_100, 2)]
    [InlineData("PCMU", 48_000, 1)]
    [InlineData("PCMA", 44_100, 2)]
    public void Encoder_Tone_ComesBackAsLoudAsItWas(string codec, int rate, int channels)
    {
        var target = codec switch { "opus" => MediaFormat.Opus, "PCMU" => MediaFormat.Pcmu, _ => MediaFormat.Pcma };
        using var encoder = AudioEncoder.Create(target, MediaFormat.Pcm(rate, channels));
        using var decoder = AudioDecoder.Create(target);
        var packets = Encode(encoder, rate, channels, seconds: 1);
        Assert.InRange(packets.Count, 49, 50);
        var sound = new List<short>();
        foreach (var packet in packets)
        {
            Assert.Equal(20, packet.Duration.TotalMilliseconds);
            decoder.Decode(packet, (in MediaFrame frame) => sound.AddRange(MemoryMarshal.Cast<byte, short>(frame.Data.Span)));
        }

        Assert.Equal(packets.Count * decoder.Format.ClockRate / 50 * decoder.Format.Channels, sound.Count);
        Assert.Equal(-15, AudioLevelMeter.LevelOf(CollectionsMarshal.AsSpan(sound)[(sound.Count / 4)..]), 0.5);
        Assert.Equal(440, Pitch(sound, decoder.Format), 3.0);
    }

    [Fact]
    public void OpusDecoder_PacketsLost_ConcealsSoThatTheTimelineIsWhole()
    {
        using var encoder = AudioEncoder.Create(
            MediaFormat.Opus,
            MediaFormat.Pcm(48_000, 1),
            new OpusEncoderOptions
            {
                UseForwardErrorCorrection = true,
                ExpectedLoss = 20,
                Application = OpusApplication.Voice,
                Bitrate = 24_000,
            });
        using var decoder = AudioDecoder.Create(MediaFormat.Opus);
        var samples = 0;
        var concealed = 0;
        var end = TimeSpan.Zero;
        var packets = Encode(encoder, 48_000, 1, seconds: 2);
        for (var i = 0; i < packets.Count; i++)
        {
            if (i % 10 is not (4 or 5))
            {
                decoder.Decode(packets[i] with { FollowsLoss = i % 10 == 6 }, (in MediaFrame frame) =>
                {
                    Assert.Equal(end.TotalSeconds, frame.Timestamp.TotalSeconds, 6);
                    end = frame.Timestamp + frame.Duration;
                    samples += frame.Data.Length / 4;
                    concealed += frame.FollowsLoss ? 1 : 0;

                    // The longer the gap the softer, but never silent, as lost G.711 is.
                    Assert.InRange(AudioLevelMeter.LevelOf(MemoryMarshal.Cast<byte, short>(frame.Data.Span)), -60, -10);
                });
            }
        }

        Assert.Equal(packets.Count * 960, samples);
        Assert.Equal(30, concealed);
    }

    [Fact]
    public void OpusDecoder_RandomBytes_NeverThrows()
    {
        using var decoder = AudioDecoder.Create(MediaFormat.Opus);
        var random = new Random(711);
        for (var i = 0; i < 2_000; i++)
        {
            var data = new byte[random.Next(0, 200)];
            random.NextBytes(data);
            decoder.Decode(
                new MediaFrame { Format = MediaFormat.Opus, Data = data, Timestamp = TimeSpan.FromMilliseconds(random.Next(0, 100_000)) },
                (in MediaFrame frame) => Assert.True(frame.Data.Length > 0));
        }
    }

    [Fact]
    public void OpusEncoder_SilenceWithDtx_SendsAlmostNothing()
    {
        using var encoder = AudioEncoder.Create(
            MediaFormat.Opus,
            MediaFormat.Pcm(48_000, 1),
            new OpusEncoderOptions { UseDtx = true, Application = OpusApplication.Voice, Bitrate = 24_000 });
        var packets = 0;
        for (var i = 0; i < 250; i++)
        {
            encoder.Encode(
                new MediaFrame
                {
                    Format = MediaFormat.Pcm(48_000, 1),
                    Data = new byte[1920],
                    Timestamp = TimeSpan.FromMilliseconds(20 * i),
                },
                (in MediaFrame _) => packets++);
        }

        Assert.InRange(packets, 1, 60);
    }

    [Fact]
    public void Create_NoSuchCodec_SaysSo()
    {
        Assert.Contains(
            "G729", Assert.Throws<NotSupportedException>(
                () => AudioEncoder.Create(new MediaFormat("G729", 8_000, 1), MediaFormat.Pcm(8_000, 1))).Message);
        Assert.Contains("VP8", Assert.Throws<NotSupportedException>(() => AudioDecoder.Create(MediaFormat.Vp8)).Message);
        Assert.True(AudioEncoder.IsSupported(MediaFormat.Opus), "The tests need libopus.");
    }

    [Theory]
    [InlineData(44_100, 48_000)]
    [InlineData(48_000, 44_100)]
    [InlineData(48_000, 8_000)]
    [InlineData(8_000, 48_000)]
    [InlineData(11_025, 48_000)]
    [InlineData(96_000, 48_000)]
    [InlineData(192_000, 8_000)]
    public void Resampler_Tone_KeepsPitchLevelAndLengthWhateverThePieces(int from, int to)
    {
        var input = Tone(from, 1, 2);
        var whole = new PcmResampler(from, to, 1);
        var output = new short[whole.MaximumOutput(input.Length)];
        var count = whole.Convert(input, output);
        Assert.InRange(count, 2 * to - to / 100 - 20, 2 * to);

        var inPieces = new List<short>();
        var pieces = new PcmResampler(from, to, 1);
        var random = new Random(1);
        for (var at = 0; at < input.Length;)
        {
            var size = Math.Min(random.Next(0, 700), input.Length - at);
            var piece = new short[pieces.MaximumOutput(size)];
            inPieces.AddRange(piece.AsSpan(0, pieces.Convert(input.AsSpan(at, size), piece)));
            at += size;
        }

        Assert.Equal(output[..count], inPieces);

        // Sample by sample the same sine, but for the beginning and the end; the rest is noise 70 dB below.
        var expected = Tone(to, 1, 2);
        var errors = output[(to / 100)..(count - to / 100)].Zip(expected[(to / 100)..], (a, b) => (short)(a - b)).ToArray();
        Assert.InRange(AudioLevelMeter.LevelOf(errors), -127, -75);
    }

    [Fact]
    public void Resampler_ToneAboveTheNewBand_IsGone()
    {
        var input = Tone(48_000, 1, 1, 6_000);
        var resampler = new PcmResampler(48_000, 8_000, 1);
        var output = new short[resampler.MaximumOutput(input.Length)];
        var count = resampler.Convert(input, output);
        Assert.InRange(AudioLevelMeter.LevelOf(output.AsSpan(200, count - 400)), -127, -75);
    }

    [Fact]
    public void ToneSource_IsAsLoudAsAsked()
    {
        var clock = new FakeTimeProvider();
        using var source = new ToneSource(1_000, -20, 48_000, clock);
        var log = new FrameLog();
        using var attachment = new MediaStreamTrack(MediaKind.Audio, source).Attach(log);
        clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(-20, AudioLevelMeter.LevelOf(MemoryMarshal.Cast<byte, short>(log.Frames[0].Data.Span)), 0.05);
    }

    private static short[] Tone(int rate, int channels, double seconds, double frequency = 440) =>
        [.. Enumerable.Range(0, (int)(rate * seconds)).SelectMany(i =>
            Enumerable.Repeat((short)Math.Round(8240 * Math.Sin(2 * Math.PI * frequency * i / rate)), channels))];

    // In uneven pieces, as a microphone might bring them.
    private static List<MediaFrame> Encode(AudioEncoder encoder, int rate, int channels, int seconds)
    {
        var tone = Tone(rate, channels, seconds);
        var packets = new List<MediaFrame>();
        for (var at = 0; at < tone.Length;)
        {
            var count = Math.Min((rate / 50 + 37) * channels, tone.Length - at);
            encoder.Encode(
                new MediaFrame
                {
                    Format = MediaFormat.Pcm(rate, channels),
                    Data = MemoryMarshal.AsBytes(tone.AsSpan(at, count)).ToArray(),
                    Timestamp = TimeSpan.FromSeconds((double)at / channels / rate),
                },
                (in MediaFrame frame) => packets.Add(frame with { Data = frame.Data.ToArray() }));
            at += count;
        }

        return packets;
    }

    private static double Pitch(List<short> sound, MediaFormat format)
    {
        var left = sound.Where((_, i) => i % format.Channels == 0).Skip(format.ClockRate / 5).ToArray();
        var crossings = Enumerable.Range(1, left.Length - 1).Count(i => left[i - 1] < 0 && left[i] >= 0);
        return crossings * (double)format.ClockRate / left.Length;
    }
}
