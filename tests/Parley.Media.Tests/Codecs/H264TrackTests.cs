using Parley.Net;

namespace Parley.Media.Tests.Codecs;

/// <summary>H.264 of an encoder that sends its parameter sets once, seen and recorded by those who come late.</summary>
public sealed class H264TrackTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LateRecorder_OfSetsSentOnce_CanBeDecodedWhole(bool lengthPrefixed)
    {
        var pictures = Pictures();
        Assert.Equal(60, pictures.Count);
        var track = new MediaStreamTrack(MediaKind.Video);
        var early = new FrameLog();
        track.Attach(early);
        var path = _directory["late.ivf"];
        await using (var recorder = new IvfRecorder(path))
        {
            for (var i = 0; i < pictures.Count; i++)
            {
                if (i == 5)
                {
                    track.Attach(recorder);
                }

                // The sets, of types 7 and 8, stand in the first picture only.
                var units = pictures[i].Where(unit => i == 0 || (unit[0] & 0x1F) is not (7 or 8)).ToList();
                var time = TimeSpan.FromSeconds(i / 30.0);
                byte[] data = [.. units.SelectMany(unit => (byte[])[.. lengthPrefixed ? BigEndian(unit.Length) : [0, 0, 0, 1], .. unit])];
                track.Write(
                    new MediaFrame
                    {
                        Format = MediaFormat.H264,
                        Data = data,
                        Timestamp = time,
                        At = Instant.Zero + time,
                        IsKeyFrame = i % 15 == 0,
                    });
            }
        }

        // From the second key frame on.
        Assert.Equal(
            "45", Programs.Run(
                "ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path).Trim());
        Programs.Run("ffmpeg", "-v", "error", "-i", path, "-f", "null", "-");
        Assert.All(early.Frames, frame => Assert.Equal([0, 0, 0, 1], frame.Data[..4].ToArray()));
    }

    [Fact]
    public void Frames_ThatLackNothing_PassAsTheyAre()
    {
        byte[] key = [0, 0, 0, 1, 0x67, 0x42, 0xC0, 0x1E, 0xA6, 0x80, 0, 0, 1, 0x68, 0xCE, 0x3C, 0, 0, 1, 0x65, 0x88];
        byte[] next = [0, 0, 1, 0x41, 0x9A, 1];
        var track = new MediaStreamTrack(MediaKind.Video);
        ReadOnlyMemory<byte> seen = default;
        track.Attach(new FrameLog { Before = frame => seen = frame.Data });
        foreach (var data in new[] { key, next })
        {
            track.Write(new MediaFrame { Format = MediaFormat.H264, Data = data });
            Assert.True(seen.Equals(data), "the very bytes");
        }
    }

    [Fact]
    public void Renditions_OfOneTrack_EachKeepTheirOwnSets()
    {
        var track = new MediaStreamTrack(MediaKind.Video);
        var log = new FrameLog();
        track.Attach(log);
        byte[] idr = [0, 0, 0, 1, 0x65, 0x88, 0x84];
        foreach (var (rid, level) in new[] { ("q", (byte)0x0D), ("f", (byte)0x1F) })
        {
            Write(rid, [0, 0, 0, 1, 0x67, 0x42, 0xC0, level, 0xA6, 0x80, 0, 0, 0, 1, 0x68, 0xCE, 0x3C, .. idr]);
        }

        Write("q", idr);
        Write("f", idr);
        Assert.Equal([0x0D, 0x1F, 0x0D, 0x1F], log.Frames.Select(frame => frame.Data.Span[7]));

        void Write(string rid, byte[] data) =>
            track.Write(new MediaFrame { Format = MediaFormat.H264, Data = data, Rendition = rid, IsKeyFrame = true });
    }

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    /// <summary>Pictures as lists of NAL units, told apart by their delimiters.</summary>
    private List<List<byte[]>> Pictures()
    {
        var path = _directory["in.h264"];
        Programs.Run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=30:duration=2", "-c:v", "libx264", "-preset",
            "ultrafast", "-tune", "zerolatency", "-g", "15", "-x264-params",
            "aud=1:scenecut=0", "-pix_fmt", "yuv420p", path);
        var bytes = File.ReadAllBytes(path).AsSpan();
        var pictures = new List<List<byte[]>>();
        while (bytes.IndexOf([(byte)0, (byte)0, (byte)1]) is >= 0 and var at)
        {
            bytes = bytes[(at + 3)..];
            var end = bytes.IndexOf([(byte)0, (byte)0, (byte)1]);
            var unit = (end < 0 ? bytes : bytes[..end]).TrimEnd((byte)0).ToArray();
            if ((unit[0] & 0x1F) == 9)
            {
                pictures.Add([]);
            }

            pictures[^1].Add(unit);
        }

        return pictures;
    }
}
