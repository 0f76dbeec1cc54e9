using System.Buffers.Binary;
using System.Globalization;

namespace Parley.Media.Tests.Containers;

/// <summary>IVF files as others write them, and what others read of ours.</summary>
public sealed class IvfFieldTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Recording_OfEightSeconds_LastsEightSecondsForFfprobe()
    {
        var path = _directory["eight.ivf"];
        var track = new MediaStreamTrack(MediaKind.Video);
        await using (var recorder = new IvfRecorder(path))
        {
            using var attachment = track.Attach(recorder);
            for (var i = 0; i < 240; i++)
            {
                track.Write(
                    new MediaFrame
                    {
                        Format = MediaFormat.Vp8,
                        Data = Vp8.Frame(key: i == 0, (byte)i),
                        Timestamp = TimeSpan.FromSeconds(i / 30.0),
                        IsKeyFrame = i == 0,
                    });
            }
        }

        var probe = Programs.Probe(path);
        Assert.Equal(8, double.Parse(probe["duration"], CultureInfo.InvariantCulture), 0.05);
        Assert.Equal("240", probe["nb_read_packets"]);
        Assert.Equal("8", Programs.Run("ffprobe", "-v", "warning", "-show_entries", "format=duration", "-of", "csv=p=0", path).Trim()[..1]);
        using var reader = IvfReader.Open(path);
        Assert.Equal((240u, 720_000u), (reader.Header.FrameCount, reader.Header.Length));
    }

    [Theory]
    [InlineData(44)]
    [InlineData(32)]
    [InlineData(300)]
    [InlineData(0)]
    public void Header_SaysItsLength_FramesBeginBehindIt(int length)
    {
        var file = Ivf(1, [0, 1, 2]);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(6), (ushort)length);
        byte[] longer = [.. file[..32], .. new byte[Math.Max(0, length - 32)], .. file[32..]];
        using var source = new IvfSource(new MemoryStream(longer));
        Assert.Equal(3, source.FrameCount);
        using var reader = new IvfReader(new MemoryStream(longer));
        Assert.Equal(Math.Max(32, length), reader.Position);
    }

    [Theory]
    [InlineData("equal in pairs", 1_000)]
    [InlineData("all equal", 1_000)]
    [InlineData("order of decoding", 1_000)]
    [InlineData("joined", 2_000)]
    [InlineData("falls by an hour", 1_000)]
    public void Ticks_ThatStandStillOrFall_DoNotSlowDown(string kind, double expected)
    {
        long[] ticks = kind switch
        {
            "equal in pairs" => [.. Enumerable.Range(0, 60).Select(i => i / 2L)],
            "all equal" => [.. Enumerable.Repeat(5L, 30)],
            "order of decoding" => [.. Enumerable.Range(0, 30).Select(i => (i / 3 * 3) + i % 3 switch { 0 => 0L, 1 => 2, _ => 1 })],
            "joined" => [.. Enumerable.Range(0, 60).Select(i => i % 30L)],
            _ => [.. Enumerable.Range(0, 30).Select(i => i < 15 ? 108_000L + i : i)],
        };
        using var source = new IvfSource(new MemoryStream(Ivf(30, ticks)));
        Assert.InRange(source.Length.TotalMilliseconds, expected - 35, expected + 35);
    }

    [Fact]
    public void Frames_OfEqualTicks_HaveTimestampsOfTheirOwnAndStayInTime()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var source = new IvfSource(new MemoryStream(Ivf(30, [.. Enumerable.Range(0, 60).Select(i => i / 2L)])), loop: false, clock);
        var track = new MediaStreamTrack(MediaKind.Video, source);
        var log = new FrameLog();
        using var attachment = track.Attach(log);
        for (var i = 0; i < 500; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(5));
        }

        Assert.Equal(60, log.Frames.Count);
        Assert.Equal(60, log.Frames.Select(frame => frame.Timestamp).Distinct().Count());
        Assert.Equal(29 / 30.0, log.Frames[58].Timestamp.TotalSeconds, 0.001);
    }

    private static byte[] Ivf(uint rate, long[] ticks)
    {
        var bytes = new MemoryStream();
        using (var writer = new IvfWriter(bytes, new IvfHeader { FourCC = "VP80", Rate = rate }, leaveOpen: true))
        {
            for (var i = 0; i < ticks.Length; i++)
            {
                writer.Write(Vp8.Frame(key: i == 0, (byte)i), ticks[i]);
            }
        }

        return bytes.ToArray();
    }
}
