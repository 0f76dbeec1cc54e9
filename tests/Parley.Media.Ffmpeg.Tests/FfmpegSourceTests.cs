using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Media.Ffmpeg.Tests;

// One after another: a test changes the process's PATH.
[Collection("ffmpeg")]
public sealed class FfmpegSourceTests : IDisposable
{
    private static readonly string TestSource = "testsrc=size=320x240:rate=30:duration=3";
    private readonly FakeTimeProvider _clock = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("parley-ffmpeg-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Pictures_OfAnInputThatEnds_AllComeAsVp8ThenTheTrackEnds()
    {
        using var source = await FfmpegSource.OpenAsync(
            TestSource, MediaKind.Video, new FfmpegSourceOptions { InputArguments = "-f lavfi" }, _clock);
        var track = new MediaStreamTrack(MediaKind.Video, source);
        var counter = new TrackCounter();
        using var attachment = track.Attach(counter);
        await PlayAsync(() => track.ReadyState == MediaStreamTrackState.Ended);
        Assert.Equal((90, 320, 240), (counter.Count.Frames, counter.Count.Width, counter.Count.Height));
        Assert.InRange(counter.Count.KeyFrames, 3, 10);
        await source.Completion;
    }

    [Fact]
    public async Task Sound_OfAFileWithLoop_ComesAsOpusAndGoesOnUntilDisposed()
    {
        var path = Path.Combine(_directory.FullName, "tone.wav");
        using (var writer = new WavWriter(File.Create(path), 44_100, 1))
        {
            writer.Write([.. Enumerable.Range(0, 22_050).Select(i => (short)(8_000 * Math.Sin(i / 10.0)))]);
        }

        var source = await FfmpegSource.OpenAsync(path, MediaKind.Audio, new FfmpegSourceOptions { Loop = true }, _clock);
        var counter = new TrackCounter();
        using (new MediaStreamTrack(MediaKind.Audio, source).Attach(counter))
        {
            await PlayAsync(() => counter.Count.Frames > 150);
        }

        Assert.Equal(MediaFormat.Opus, counter.Count.Format);
        Assert.False(source.Completion.IsCompleted);
        source.Dispose();
        await source.Completion;
    }

    [Fact]
    public async Task Input_DoesNotExist_SaysWhatFfmpegSaid()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() =>
            FfmpegSource.OpenAsync(Path.Combine(_directory.FullName, "none.mp4"), MediaKind.Video));
        Assert.Contains("none.mp4", error.Message);
    }

    [Fact]
    public async Task Ffmpeg_IsMissing_SaysHowToInstallIt()
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", _directory.FullName);
        try
        {
            var error = await Assert.ThrowsAsync<NotSupportedException>(() => FfmpegSource.OpenAsync("x.mp4", MediaKind.Video));
            Assert.Contains("apt install ffmpeg", error.Message);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    // Virtual time runs while ffmpeg works in real time: what has not come yet is waited for, a minute at most.
    private async Task PlayAsync(Func<bool> until)
    {
        var started = Stopwatch.StartNew();
        while (!until())
        {
            Assert.True(started.Elapsed < Patience.Limit, "ffmpeg gives nothing more");
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(1);
        }
    }
}
