using Microsoft.Extensions.Time.Testing;

namespace Parley.Media.Tests.Codecs;

/// <summary>VP9 and AV1 as ffmpeg's encoders make them: told what they are, played from a file and recorded to one.</summary>
public sealed class VideoCodecTests : IDisposable
{
    private static readonly string[] Vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"];
    private static readonly string[] Av1 = ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8"];

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("VP9")]
    [InlineData("AV1")]
    public async Task File_PlayedAndRecorded_KeepsEachFrameAndDecodes(string name)
    {
        var format = name == "VP9" ? MediaFormat.Vp9 : MediaFormat.Av1;
        var (path, copy) = (_directory["in.ivf"], _directory["out.ivf"]);
        Make(path, name == "VP9" ? Vp9 : Av1);
        var (log, counter) = (new FrameLog(), new TrackCounter());
        using (var source = new IvfSource(File.OpenRead(path), loop: false, _clock))
        await using (var recorder = new IvfRecorder(copy))
        {
            Assert.Equal([format], source.Formats);
            Assert.Equal(45, source.FrameCount);
            var track = new MediaStreamTrack(MediaKind.Video, source);
            track.Attach(log);
            track.Attach(counter);
            track.Attach(new WithoutDelimiters(recorder));
            for (var i = 0; i < 500 && track.ReadyState == MediaStreamTrackState.Live; i++)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(10));
            }
        }

        Assert.Equal((45, 3, 320, 180), (counter.Count.Frames, counter.Count.KeyFrames, counter.Count.Width, counter.Count.Height));
        Assert.Equal([0, 15, 30], log.Frames.Select((frame, i) => frame.IsKeyFrame ? i : -1).Where(i => i >= 0));
        var probe = Programs.Probe(copy);
        Assert.Equal(
            (name.ToLowerInvariant(), "320", "180", "45"),
            (probe["codec_name"], probe["width"], probe["height"], probe["nb_read_packets"]));
        string[] Pictures(string of) => Programs.Run(
            "ffmpeg", "-v", "warning", "-i", of, "-f", "framemd5",
            "-").Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')[^1]).ToArray();
        Assert.Equal(Pictures(path), Pictures(copy));
    }

    [Theory]
    [InlineData("VP9")]
    [InlineData("AV1")]
    public void Size_OfEachSize_IsTold(string name)
    {
        var format = name == "VP9" ? MediaFormat.Vp9 : MediaFormat.Av1;
        foreach (var (width, height) in ((int, int)[])[(16, 16), (66, 34), (1280, 720), (1922, 1082)])
        {
            var path = _directory[$"{width}.ivf"];
            Programs.Run(
                "ffmpeg",
                    [
                        "-v", "error", "-f", "lavfi", "-i", $"color=gray:size={width}x{height}:rate=2:duration=1",
                        .. name == "VP9" ? Vp9 : Av1, "-pix_fmt", "yuv420p", path,
                    ]);
            using var reader = IvfReader.Open(path);
            Assert.True(reader.TryRead(out var frame));
            Assert.True(VideoFrame.IsKeyFrame(format, frame.Data.Span));
            Assert.True(VideoFrame.TryReadSize(format, frame.Data.Span, out var w, out var h));
            Assert.Equal((width, height), (w, h));
            Assert.True(reader.TryRead(out frame));
            Assert.False(VideoFrame.IsKeyFrame(format, frame.Data.Span));
            Assert.False(VideoFrame.IsKeyFrame(MediaFormat.H264, frame.Data.Span));
        }
    }

    private static void Make(string path, string[] encoder) =>
        Programs.Run(
            "ffmpeg",
                [
                    "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=15:duration=3", .. encoder, "-pix_fmt", "yuv420p", "-g",
                    "15", path,
                ]);

    /// <summary>As RTP brings it.</summary>
    private sealed class WithoutDelimiters(IMediaSink sink) : IMediaSink
    {
        public void OnFrame(MediaStreamTrack track, in MediaFrame frame) =>
            sink.OnFrame(
                track,
                frame.Data.Span is [0x12, 0, ..] && frame.Format.Equals(MediaFormat.Av1) ? frame with { Data = frame.Data[2..] } : frame);
    }
}
