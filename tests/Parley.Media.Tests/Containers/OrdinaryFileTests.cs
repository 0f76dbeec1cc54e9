using System.Runtime.InteropServices;

namespace Parley.Media.Tests.Containers;

/// <summary>Files that ffmpeg plays and that people have.</summary>
public sealed class OrdinaryFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("pcm_alaw", 1, "never")]
    [InlineData("pcm_mulaw", 2, "never")]
    [InlineData("pcm_s16le", 2, "always")]
    [InlineData("pcm_alaw", 1, "always")]
    public void Wav_OfEachKind_ReadsAsFfmpegDecodesIt(string codec, int channels, string rf64)
    {
        var path = _directory["x.wav"];
        Programs.Run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "aevalsrc=0.6*sin(2*PI*440*t)+0.2*random(0):s=8000:d=1", "-ac", $"{channels}",
            "-c:a", codec, "-rf64", rf64, path);
        Assert.Equal(rf64 == "always" ? "RF64"u8.ToArray() : "RIFF"u8.ToArray(), File.ReadAllBytes(path)[..4]);
        Programs.Run("ffmpeg", "-v", "error", "-i", path, "-f", "s16le", _directory["x.raw"]);
        using var reader = WavReader.Open(path);
        Assert.Equal((8_000, channels), (reader.SampleRate, reader.Channels));
        var samples = new short[20_000];
        var count = reader.Read(samples);
        Assert.Equal(MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(_directory["x.raw"])).ToArray(), samples[..count]);
        reader.Rewind();
        Assert.Equal(count, reader.Read(samples));
    }

    [Fact]
    public void Wav_OfAdpcm_SaysWhatCanBeRead()
    {
        var path = _directory["x.wav"];
        Programs.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "adpcm_ms", path);
        Assert.Contains("format 2", Assert.Throws<InvalidDataException>(() => WavReader.Open(path)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ogg_OfFilesJoined_ReadsAllOfThem(bool withoutEnd)
    {
        var (first, second) = (Resource("tone.ogg"), Resource("tune.ogg"));
        var end = withoutEnd ? first.AsSpan().LastIndexOf("OggS"u8) : first.Length;
        byte[] joined = [.. first[..end], .. second, .. first];
        var expected = Packets(first[..end]).Concat(Packets(second)).Concat(Packets(first)).ToList();
        using var reader = new OggReader(new MemoryStream(joined));
        for (var round = 0; round < 2; round++)
        {
            var packets = new List<byte[]>();
            while (reader.TryRead(out var packet))
            {
                Assert.False(packet.FollowsLoss);
                packets.Add(packet.Data.ToArray());
            }

            Assert.Equal(expected, packets);
            reader.Rewind();
        }
    }

    [Fact]
    public void Ogg_JoinedFileIsCutOffInItsHeaders_EndsBeforeIt()
    {
        var (first, second) = (Resource("tone.ogg"), Resource("tune.ogg"));
        for (var length = 0; length < 200; length += 13)
        {
            Assert.Equal(Packets(first).Count, Packets([.. first, .. second[..length]]).Count);
        }
    }

    private static List<byte[]> Packets(byte[] file)
    {
        using var reader = new OggReader(new MemoryStream(file));
        var packets = new List<byte[]>();
        while (reader.TryRead(out var packet))
        {
            packets.Add(packet.Data.ToArray());
        }

        return packets;
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(SampleMedia).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
