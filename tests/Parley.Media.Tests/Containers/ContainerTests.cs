using System.Buffers.Binary;

namespace Parley.Media.Tests.Containers;

public sealed class ContainerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Ogg_PacketsOfAllSizes_ComeBackAsTheyWere()
    {
        var random = new Random(1);
        var packets = new List<byte[]>();
        var bytes = new MemoryStream();
        using (var writer = new OggWriter(
            bytes, new OpusHead { Channels = 1, PreSkip = 312 }, new OpusTags { Comments = ["TITLE=laces"] }, leaveOpen: true))
        {
            foreach (var size in new[]
            {
                1, 254, 255, 256, 510, 511, 60_000, 3, 60_000, 20_000, 765,
            }.Concat(Enumerable.Range(0, 600).Select(_ => random.Next(1, 900))))
            {
                var packet = new byte[size];
                random.NextBytes(packet);
                packet[0] = 0x08;
                packets.Add(packet);
                writer.Write(packet);
            }

            writer.TrimTo(packets.Count * 960 - 500);
        }

        bytes.Position = 0;
        using var reader = new OggReader(bytes, leaveOpen: true);
        Assert.Equal((1, 312), (reader.Head.Channels, reader.Head.PreSkip));
        Assert.Equal(["TITLE=laces"], reader.Tags.Comments);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < packets.Count; i++)
            {
                Assert.True(reader.TryRead(out var packet));
                Assert.True(packet.Data.Span.SequenceEqual(packets[i]), $"packet {i}");
                Assert.False(packet.FollowsLoss);
                Assert.Equal(i == packets.Count - 1, packet.IsLast);
                if (packet.GranulePosition is { } position)
                {
                    Assert.Equal(packet.IsLast ? packets.Count * 960 - 500 + 312 : (i + 1) * 960, position);
                }
            }

            Assert.False(reader.TryRead(out _));
            reader.Rewind();
        }
    }

    [Fact]
    public void Ogg_WrittenHere_ProbesCleanWithTheTrimmedLength()
    {
        var path = _directory["trim.ogg"];
        using (var writer = new OggWriter(File.Create(path), new OpusHead { Channels = 1, PreSkip = 312 }))
        {
            foreach (var packet in Recording.RecorderTests.Packets("tone.ogg").Take(100))
            {
                writer.Write(packet);
            }

            writer.TrimTo(90_000);
        }

        var probe = Programs.Probe(path);
        Assert.Equal("opus", probe["codec_name"]);
        var pcm = Programs.Run("ffmpeg", "-v", "warning", "-i", path, "-f", "framecrc", "-");
        Assert.Equal(90_000, pcm.Split('\n').Where(line => line.StartsWith("0,")).Sum(line => long.Parse(line.Split(',')[3])));
    }

    [Fact]
    public void Ogg_APageIsBroken_SkipsItAndTellsTheLoss()
    {
        var bytes = Resource("tone.ogg");
        var whole = Recording.RecorderTests.Packets("tone.ogg").Count;
        bytes[bytes.Length / 2] ^= 0x40;
        using var reader = new OggReader(new MemoryStream(bytes));
        int count = 0, losses = 0;
        while (reader.TryRead(out var packet))
        {
            count++;
            losses += packet.FollowsLoss ? 1 : 0;
        }

        Assert.InRange(count, whole - 60, whole - 10);
        Assert.Equal(1, losses);
    }

    [Theory]
    [InlineData("tone.ogg")]
    [InlineData("test-card.ivf")]
    public void Readers_CutAtAnyLength_EndOrSayWhere(string name)
    {
        var bytes = Resource(name);
        foreach (var length in Enumerable.Range(0, 400).Concat([4_000, 9_999, 33_333]))
        {
            ReadAll(name, bytes[..length]);
        }
    }

    [Theory]
    [InlineData("tone.ogg")]
    [InlineData("test-card.ivf")]
    [InlineData("sound.wav")]
    [InlineData("noise.ogg")]
    [InlineData("noise.ivf")]
    [InlineData("noise.wav")]
    public void Readers_BytesFlipped_EndOrSayWhereWithoutMuchMemory(string name)
    {
        var random = new Random(20);
        var clean = name.StartsWith("noise", StringComparison.Ordinal) ? new byte[20_000]
            : name == "sound.wav" ? Wav(16, 1, 2, 8_000, new byte[8_000])
            : Resource(name)[..20_000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 300; round++)
        {
            var bytes = clean.ToArray();
            if (name.StartsWith("noise", StringComparison.Ordinal))
            {
                random.NextBytes(bytes);
            }

            for (var i = 0; i < 1 + round % 8; i++)
            {
                bytes[random.Next(0, round % 2 == 0 ? 200 : bytes.Length)] = (byte)random.Next();
            }

            ReadAll(name, bytes);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 300, 0, 1 << 20);
    }

    [Fact]
    public void Ogg_ManyFalseCapturePatterns_IsRefusedSoon()
    {
        var bytes = Resource("tone.ogg")[
            ..4_000].Concat(Enumerable.Repeat("OggS\0\0xxxxxxxxxxxxxxxxxxxx\u00ff"u8.ToArray(), 100_000).SelectMany(x => x)).ToArray();
        using var reader = new OggReader(new MemoryStream(bytes));
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            while (reader.TryRead(out _))
            {
            }
        });
        Assert.StartsWith("Byte ", error.Message);
    }

    [Fact]
    public void Ivf_FrameLargerThanAnyPicture_IsRefusedWithItsPosition()
    {
        var bytes = Resource("test-card.ivf")[..60_000];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), 0x7FFF_FFFF);
        using var reader = new IvfReader(new MemoryStream(bytes));
        Assert.Equal("Byte 32: a frame of 2147483647 bytes.", Assert.Throws<InvalidDataException>(() => reader.TryRead(out _)).Message);
    }

    [Fact]
    public void Ivf_WrittenAndRead_IsTheSame()
    {
        var bytes = new MemoryStream();
        using (var writer = new IvfWriter(bytes, new IvfHeader { FourCC = "H264", Rate = 30, Scale = 1 }, leaveOpen: true))
        {
            writer.Resize(320, 200);
            writer.Write([1, 2, 3], 0);
            writer.Write([], 7);
        }

        bytes.Position = 0;
        using var reader = new IvfReader(bytes);
        Assert.Equal(
            (MediaFormat.H264, 320, 200, 2u), (reader.Header.Format, reader.Header.Width, reader.Header.Height, reader.Header.FrameCount));
        Assert.True(reader.TryRead(out var frame));
        Assert.Equal([1, 2, 3], frame.Data.ToArray());
        Assert.True(reader.TryRead(out frame));
        Assert.Equal((7, 0, 47L), (frame.Ticks, frame.Data.Length, frame.Position));
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.IsTruncated);
    }

    [Theory]
    [InlineData("pcm_u8", 8_000, 1)]
    [InlineData("pcm_s16le", 44_100, 2)]
    [InlineData("pcm_s24le", 96_000, 6)]
    [InlineData("pcm_s32le", 22_050, 1)]
    [InlineData("pcm_f32le", 48_000, 2)]
    [InlineData("pcm_f64le", 16_000, 1)]
    public void Wav_MadeByFfmpeg_ReadsAndPlays(string codec, int rate, int channels)
    {
        var path = _directory["tone.wav"];
        Programs.Run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", $"aevalsrc=0.25*sin(2*PI*440*t):s={rate}:d=1", "-ac", $"{channels}", "-af",
            $"pan={channels}c|" + string.Join('|', Enumerable.Range(0, channels).Select(c => $"c{c}=c0")), "-c:a", codec, path);
        using (var reader = WavReader.Open(path))
        {
            Assert.Equal((rate, channels), (reader.SampleRate, reader.Channels));
            var samples = new short[rate * channels * 2];
            var count = reader.Read(samples);
            Assert.Equal(rate * channels, count);
            Assert.Equal(20 * Math.Log10(0.25 / Math.Sqrt(2)), AudioLevelMeter.LevelOf(samples.AsSpan(0, count)), 0.1);
        }

        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var source = WavSource.Open(path, loop: false, clock);
        var log = new FrameLog();
        var track = new MediaStreamTrack(MediaKind.Audio, source);
        using var attachment = track.Attach(log);
        for (var i = 0; i < 200; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(MediaStreamTrackState.Ended, track.ReadyState);
        Assert.InRange(log.Frames.Count, 49, 50);
        Assert.Equal(MediaFormat.Pcm(48_000, channels == 2 ? 2 : 1), log.Frames[0].Format);
    }

    private static void ReadAll(string name, byte[] bytes)
    {
        try
        {
            if (name.EndsWith("ogg", StringComparison.Ordinal))
            {
                using var reader = new OggReader(new MemoryStream(bytes));
                while (reader.TryRead(out _))
                {
                }
            }
            else if (name.EndsWith("ivf", StringComparison.Ordinal))
            {
                using var reader = new IvfReader(new MemoryStream(bytes));
                while (reader.TryRead(out _))
                {
                }
            }
            else
            {
                using var reader = new WavReader(new MemoryStream(bytes));
                var samples = new short[1024];
                while (reader.Read(samples) > 0)
                {
                }
            }
        }
        catch (InvalidDataException error)
        {
            Assert.Matches("^Byte [0-9]+: ", error.Message);
        }
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(SampleMedia).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Wav(short bits, short tag, short channels, int rate, byte[] data)
    {
        var bytes = new byte[44 + data.Length];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), tag);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), channels);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), rate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), bits);
        "data"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), data.Length);
        data.CopyTo(bytes, 44);
        return bytes;
    }
}
