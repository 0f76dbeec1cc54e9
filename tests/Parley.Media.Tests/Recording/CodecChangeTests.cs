using System.Globalization;
using Parley.Net;

namespace Parley.Media.Tests.Recording;

/// <summary>Whatever codec comes, and however it changes: it is recorded, or an error says what is missing.</summary>
public sealed class CodecChangeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MediaStreamTrack _sound = new(MediaKind.Audio);
    private readonly MediaStreamTrack _pictures = new(MediaKind.Video);
    private int _milliseconds;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("PCMU")]
    [InlineData("PCMA")]
    public async Task TrackRecorder_OfG711_MakesAWavFile(string codec)
    {
        var recorder = new TrackRecorder(_directory["call"]);
        using (_sound.Attach(recorder))
        {
            Write(_sound, new MediaFormat(codec, 8_000, 1), 100, new byte[160]);
        }

        await recorder.DisposeAsync();
        var path = Assert.Single(recorder.Files);
        Assert.Equal(_directory["call.wav"], path);
        Assert.Empty(recorder.Errors);
        var probe = Programs.Probe(path);
        Assert.Equal(("8000", "1"), (probe["sample_rate"], probe["channels"]));
        Assert.Equal(2, double.Parse(probe["duration"], CultureInfo.InvariantCulture), 0.02);
    }

    [Fact]
    public async Task TrackRecorder_CodecChanges_BeginsAFurtherFile()
    {
        var recorder = new TrackRecorder(_directory["call"]);
        using (_sound.Attach(recorder))
        {
            Write(_sound, MediaFormat.Opus, 50, [0xF8, 0xFF, 0xFE]);
            Write(_sound, MediaFormat.Pcmu, 50, new byte[160]);
            Write(_sound, MediaFormat.ComfortNoise, 1, [70]);
            Write(_sound, MediaFormat.Pcma, 50, new byte[160]);
            Write(_sound, MediaFormat.Opus, 50, [0xF8, 0xFF, 0xFE]);
        }

        await recorder.DisposeAsync();
        Assert.Equal([_directory["call.ogg"], _directory["call-part2.wav"], _directory["call-part3.ogg"]], recorder.Files);
        Assert.Empty(recorder.Errors);
        Assert.Equal([1, 2, 1], recorder.Files.Select(file => Math.Round(LengthOf(file))));
    }

    private static double LengthOf(string file) => double.Parse(Programs.Probe(file)["duration"], CultureInfo.InvariantCulture);

    [Fact]
    public async Task TrackRecorder_PicturesChange_BeginsAFurtherFileWithAKeyFrame()
    {
        var recorder = new TrackRecorder(_directory["call"]);
        using (_pictures.Attach(recorder))
        {
            Write(_pictures, MediaFormat.Vp8, 10, Vp8.Frame(key: true));
            Write(_pictures, MediaFormat.H264, 10, [0, 0, 0, 1, 0x67, 0x42, 0xC0, 0x1E, 0xA6, 0x80, 0xF0, 4, 0, 0, 0, 1, 0x65, 0x88, 0x84]);
        }

        await recorder.DisposeAsync();
        Assert.Equal([_directory["call.ivf"], _directory["call-part2.ivf"]], recorder.Files);
        using var reader = IvfReader.Open(_directory["call-part2.ivf"]);
        Assert.Equal((MediaFormat.H264, 10u), (reader.Header.Format, reader.Header.FrameCount));
    }

    [Fact]
    public async Task TrackRecorder_CodecChangesWithEachFrame_MakesFewFilesAndSaysSo()
    {
        var recorder = new TrackRecorder(_directory["call"]);
        using (_sound.Attach(recorder))
        {
            for (var i = 0; i < 200; i++)
            {
                Write(_sound, i % 2 == 0 ? MediaFormat.Opus : MediaFormat.Pcmu, 1, [0xF8, 0xFF, 0xFE]);
            }
        }

        await recorder.DisposeAsync();
        Assert.Equal(16, recorder.Files.Count);
        Assert.InRange(recorder.Errors.Count, 1, 16);
        Assert.Contains("nothing more is recorded", recorder.Errors[0]);
    }

    [Fact]
    public async Task TrackRecorder_CodecThatNoFileHolds_SaysSo()
    {
        var recorder = new TrackRecorder(_directory["call"]);
        Write(_sound, new MediaFormat("G722", 8_000, 1), 3, [1, 2], recorder);
        Write(_sound, MediaFormat.Pcmu, 10, new byte[160], recorder);
        await recorder.DisposeAsync();
        Assert.Contains("G722 cannot be recorded", Assert.Single(recorder.Errors));
        Assert.Equal([_directory["call.wav"]], recorder.Files);
    }

    [Theory]
    [InlineData("ogg")]
    [InlineData("wav")]
    [InlineData("ivf")]
    public async Task RecorderOfOneFile_AnotherCodecComes_SaysSoAndGoesOnWithItsOwn(string kind)
    {
        Recorder recorder = kind switch
        {
            "ogg" => new OggOpusRecorder(_directory["x.ogg"]),
            "wav" => new WavRecorder(_directory["x.wav"]),
            _ => new IvfRecorder(_directory["x.ivf"]),
        };
        var (track, own, other) = kind switch
        {
            "ogg" => (_sound, MediaFormat.Opus, MediaFormat.Pcmu),
            "wav" => (_sound, MediaFormat.Pcmu, MediaFormat.Opus),
            _ => (_pictures, MediaFormat.Vp8, MediaFormat.Vp9),
        };
        var data = kind == "ivf" ? Vp8.Frame(key: true) : kind == "ogg" ? [0xF8, 0xFF, 0xFE] : new byte[160];
        Write(track, own, 5, data, recorder);
        Write(track, other, 5, data, recorder);
        Write(track, own, 5, data, recorder);
        await recorder.DisposeAsync();
        Assert.Equal((10, 5), (recorder.Frames, recorder.Dropped));
        Assert.Contains(other.Name, Assert.IsType<NotSupportedException>(recorder.Error).Message);
    }

    [Fact]
    public async Task OggOpusRecorder_OfAPeerThatSendsG711_SaysSo()
    {
        var recorder = new OggOpusRecorder(_directory["x.ogg"]);
        Write(_sound, MediaFormat.Pcmu, 5, new byte[160], recorder);
        await recorder.DisposeAsync();
        Assert.Contains("PCMU", recorder.Error!.Message);
        Assert.False(File.Exists(_directory["x.ogg"]));
    }

    private void Write(MediaStreamTrack track, MediaFormat format, int count, byte[] data, IMediaSink? only = null)
    {
        for (; count > 0; count--, _milliseconds += 20)
        {
            var time = TimeSpan.FromMilliseconds(_milliseconds);
            var frame = new MediaFrame { Format = format, Data = data, Timestamp = time, At = Instant.Zero + time, IsKeyFrame = true };
            if (only is null)
            {
                track.Write(frame);
            }
            else
            {
                only.OnFrame(track, frame);
            }
        }
    }
}
