using System.Globalization;
using Parley.Net;

namespace Parley.Media.Tests.Recording;

public sealed class RecorderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MediaStreamTrack _sound = new(MediaKind.Audio);
    private readonly MediaStreamTrack _pictures = new(MediaKind.Video);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task OggOpusRecorder_TuneWithAGap_ProbesCleanAndKeepsItsLength()
    {
        var path = _directory["tune.ogg"];
        var packets = Packets("tune.ogg").Take(250).ToArray();
        await using (var recorder = new OggOpusRecorder(path))
        {
            using var attachment = _sound.Attach(recorder);
            for (var i = 0; i < packets.Length; i++)
            {
                // A second is missing after the first hundred packets.
                if (i is < 100 or >= 150)
                {
                    _sound.Write(Sound(packets[i], 1000 + i * 20));
                }
            }
        }

        var probe = Programs.Probe(path);
        Assert.Equal(("opus", "1", "250"), (probe["codec_name"], probe["channels"], probe["nb_read_packets"]));
        Assert.Equal(5.0, double.Parse(probe["duration"], CultureInfo.InvariantCulture), 3);
        Programs.Run("ffmpeg", "-v", "warning", "-c:a", "libopus", "-i", path, "-f", "null", "-");
        Programs.Run("ffmpeg", "-v", "warning", "-i", path, "-f", "null", "-");
    }

    [Fact]
    public async Task OggOpusRecorder_TimestampsLeapWithoutTheClock_DoesNotFillHours()
    {
        var path = _directory["leap.ogg"];
        await using (var recorder = new OggOpusRecorder(path))
        {
            using var attachment = _sound.Attach(recorder);
            _sound.Write(Sound([0xF8, 0xFF, 0xFE], 0));
            _sound.Write(Sound([0xF8, 0xFF, 0xFE], 40_000_000) with { At = Instant.Zero + TimeSpan.FromMilliseconds(20) });
            _sound.Write(Sound([0xF8, 0xFF, 0xFE], 40_000_020) with { At = Instant.Zero + TimeSpan.FromMilliseconds(40) });
        }

        Assert.Equal("3", Programs.Probe(path)["nb_read_packets"]);
    }

    [Fact]
    public async Task IvfRecorder_JoinsInTheMiddle_AsksForAKeyFrameAndBeginsWithIt()
    {
        var path = _directory["card.ivf"];
        var asked = 0;
        _pictures.KeyFrameRequested += (_, _) => asked++;
        IvfRecorder recorder;
        await using (recorder = new IvfRecorder(path))
        {
            using var attachment = _pictures.Attach(recorder);
            using var reader = new IvfReader(typeof(SampleMedia).Assembly.GetManifestResourceStream("test-card.ivf")!);
            for (var i = 0; i < 60 && reader.TryRead(out var frame); i++)
            {
                // It joins with the sixth frame; frames 30 to 44 are lost.
                if (i is >= 5 and < 30 or >= 45)
                {
                    _pictures.Write(Picture(frame.Data, TimeSpan.FromSeconds(i / 15.0), i % 15 == 0));
                }
            }
        }

        Assert.Equal(1, asked);
        Assert.Equal((30, 0), (recorder.Frames, recorder.Dropped));
        var probe = Programs.Probe(path);
        Assert.Equal(("vp8", "640", "360", "30"), (probe["codec_name"], probe["width"], probe["height"], probe["nb_read_packets"]));
        var times = Programs.Timestamps(path);
        Assert.Equal(0, times[0]);
        Assert.Equal(14 / 15.0, times[14], 3);
        Assert.Equal(2, times[15], 3);
        using var back = IvfReader.Open(path);
        Assert.Equal(30u, back.Header.FrameCount);
        Programs.Run("ffmpeg", "-v", "error", "-i", path, "-f", "null", "-");
    }

    [Fact]
    public async Task WavRecorder_Pcmu_IsSixteenBitsAndFillsTheGap()
    {
        var path = _directory["call.wav"];
        await using (var recorder = new WavRecorder(path))
        {
            using var attachment = _sound.Attach(recorder);
            var packet = Enumerable.Repeat((byte)0x80, 160).ToArray();
            foreach (var i in Enumerable.Range(0, 100).Where(i => i is < 20 or >= 60))
            {
                _sound.Write(
                    new MediaFrame
                    {
                        Format = MediaFormat.Pcmu,
                        Data = packet,
                        Timestamp = TimeSpan.FromMilliseconds(20 * i),
                        IsKeyFrame = true,
                    });
            }
        }

        var probe = Programs.Probe(path);
        Assert.Equal(("pcm_s16le", "8000", "1"), (probe["codec_name"], probe["sample_rate"], probe["channels"]));
        Assert.Equal(2.0, double.Parse(probe["duration"], CultureInfo.InvariantCulture), 3);
    }

    [Fact]
    public async Task Recorder_NothingCame_MakesNoFile()
    {
        var path = _directory["none.ivf"];
        await using (var recorder = new IvfRecorder(path))
        {
            using var attachment = _pictures.Attach(recorder);
            _pictures.Write(Picture(Vp8.Frame(key: false), TimeSpan.Zero, false));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Recorder_DiskStalls_DropsInsteadOfWaitingAndGoesOnWithAKeyFrame()
    {
        var stalled = new TaskCompletionSource();
        var opened = new TaskCompletionSource();
        var bytes = new MemoryStream();
        var recorder = new IvfRecorder(
            () =>
            {
                opened.SetResult();
                stalled.Task.Wait();
                return bytes;
            },
            capacity: 4);
        using var attachment = _pictures.Attach(recorder);
        _pictures.Write(Picture(Vp8.Frame(key: true), TimeSpan.Zero, true));
        await opened.Task;
        for (var i = 1; i < 20; i++)
        {
            _pictures.Write(Picture(Vp8.Frame(key: false, (byte)i), TimeSpan.FromMilliseconds(i * 40), false));
        }

        Assert.Equal(1, recorder.Dropped);
        stalled.SetResult();
        await recorder.DisposeAsync();
        Assert.Equal(5, recorder.Frames);
        Assert.Null(recorder.Error);
        await recorder.DisposeAsync();
    }

    [Fact]
    public async Task Recorder_DirectoryCannotBeMade_TellsByErrorAndNotByThrowing()
    {
        File.WriteAllText(_directory["file"], "");
        var recorder = new OggOpusRecorder(Path.Combine(_directory["file"], "x.ogg"));
        recorder.OnFrame(_sound, Sound([0xF8, 0xFF, 0xFE], 0));
        await recorder.DisposeAsync();
        Assert.IsAssignableFrom<IOException>(recorder.Error);
        Assert.Equal(1, recorder.Dropped);
    }

    [Fact]
    public void TrackCounter_CountsFramesKeyFramesBytesAndSize()
    {
        var counter = new TrackCounter();
        using var attachment = _pictures.Attach(counter);
        _pictures.Write(Picture(Vp8.Frame(key: true, 0, 320, 200), TimeSpan.Zero, true));
        _pictures.Write(Picture(Vp8.Frame(key: false), TimeSpan.FromMilliseconds(40), false) with { FollowsLoss = true });
        var count = counter.Count;
        Assert.Equal((2, 1, 26, 1), (count.Frames, count.KeyFrames, count.Bytes, count.Losses));
        Assert.Equal((320, 200, 40.0), (count.Width, count.Height, count.Timestamp.TotalMilliseconds));
    }

    internal static List<byte[]> Packets(string resource)
    {
        using var reader = new OggReader(typeof(SampleMedia).Assembly.GetManifestResourceStream(resource)!);
        var packets = new List<byte[]>();
        while (reader.TryRead(out var packet))
        {
            packets.Add(packet.Data.ToArray());
        }

        return packets;
    }

    private static MediaFrame Sound(byte[] packet, int milliseconds) => new()
    {
        Format = MediaFormat.Opus,
        Data = packet,
        Timestamp = TimeSpan.FromMilliseconds(milliseconds),
        At = Instant.Zero + TimeSpan.FromMilliseconds(milliseconds),
        IsKeyFrame = true,
    };

    private static MediaFrame Picture(ReadOnlyMemory<byte> data, TimeSpan timestamp, bool isKeyFrame) => new()
    {
        Format = MediaFormat.Vp8,
        Data = data,
        Timestamp = timestamp,
        At = Instant.Zero + timestamp,
        IsKeyFrame = isKeyFrame,
    };
}
