using System.Diagnostics;
using Parley.Cli.Calls;
using Parley.Media;

namespace Parley.Cli.Tests;

/// <summary>The files that people give to <c>--audio</c> and <c>--video</c>.</summary>
public sealed class MediaInputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("alaw.wav", "-c:a pcm_alaw")]
    [InlineData("mulaw.wav", "-c:a pcm_mulaw")]
    [InlineData("adpcm.wav", "-c:a adpcm_ms")]
    [InlineData("ima.wav", "-c:a adpcm_ima_wav")]
    [InlineData("rf64.wav", "-rf64 always")]
    [InlineData("surround.wav", "-ac 6")]
    [InlineData("surround.opus", "-c:a libopus -ac 6")]
    [InlineData("vorbis.ogg", "-c:a libvorbis -ac 2")]
    [InlineData("sound.mp3", "-c:a libmp3lame")]
    [InlineData("at 10:30.wav", "")]
    [InlineData("http:x.ogg", "-c:a libopus")]
    [InlineData("-i.flac", "")]
    [InlineData("a\"b.mp3", "-c:a libmp3lame")]
    public async Task Sound_OfEachOrdinaryFile_Plays(string name, string options)
    {
        string path = Path.Combine(_directory.Path, name);
        await MakeAsync(
            ["-f", "lavfi", "-i", "sine=frequency=440:duration=2", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)], path);
        using MediaInput input = await MediaInput.AudioAsync(path, TestContext.Current.CancellationToken);
        await ExpectFramesAsync(input, 5);
    }

    [Fact]
    public async Task Sound_OfJoinedOggFiles_PlaysBoth()
    {
        string path = Path.Combine(_directory.Path, "joined.ogg");
        await MakeAsync(["-f", "lavfi", "-i", "sine=frequency=440:duration=0.2", "-c:a", "libopus"], path);
        byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(path, [.. bytes, .. bytes], TestContext.Current.CancellationToken);
        using MediaInput input = await MediaInput.AudioAsync(path, TestContext.Current.CancellationToken);
        await ExpectFramesAsync(input, 18);
    }

    [Theory]
    [InlineData("pipe.wav", "-c:a pcm_s16le")]
    [InlineData("pipe.ogg", "-c:a libopus")]
    [InlineData("pipe.mp3", "-c:a libmp3lame")]
    [InlineData("pipe.ivf", "-c:v libvpx")]
    public async Task Pipe_PlaysOnceAndEndsItsTrack(string name, string options)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a pipe is no file there");
        string file = Path.Combine(_directory.Path, "file" + Path.GetExtension(name)), pipe = Path.Combine(_directory.Path, name);
        bool isPicture = name.EndsWith("ivf", StringComparison.Ordinal);
        await MakeAsync(
            [
                "-f", "lavfi", "-i", isPicture ? "testsrc=size=320x180:rate=15:duration=1" : "sine=frequency=440:duration=1",
                .. options.Split(' '),
            ], file);
        await RunAsync("mkfifo", pipe);
        Task writing = Task.Run(() =>
        {
            using var target = new FileStream(pipe, FileMode.Open, FileAccess.Write);
            target.Write(File.ReadAllBytes(file));
        });
        using MediaInput input = isPicture
            ? await MediaInput.VideoAsync(pipe, TestContext.Current.CancellationToken)
            : await MediaInput.AudioAsync(pipe, TestContext.Current.CancellationToken);
        var counter = new TrackCounter();
        using IDisposable attachment = input.Track.Attach(counter);
        await UntilAsync(() => input.Track.ReadyState == MediaStreamTrackState.Ended);
        await writing;
        Assert.InRange(counter.Count.Frames, isPicture ? 15 : 40, 60);
        Assert.Null(input.Error);
    }

    [Fact]
    public async Task File_ThatNothingCanPlay_IsOneError()
    {
        string path = Path.Combine(_directory.Path, "noise.ogg");
        await File.WriteAllBytesAsync(path, new byte[10_000], TestContext.Current.CancellationToken);
        CommandException error = await Assert.ThrowsAsync<CommandException>(() =>
            MediaInput.AudioAsync(path, TestContext.Current.CancellationToken));
        Assert.Contains("noise.ogg", error.Message);
    }

    [Fact]
    public async Task PipeThatHoldsNoSound_IsOneError()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a pipe is no file there");
        string pipe = Path.Combine(_directory.Path, "noise.wav");
        await RunAsync("mkfifo", pipe);
        Task writing = Task.Run(() =>
        {
            using var target = new FileStream(pipe, FileMode.Open, FileAccess.Write);
            target.Write(new byte[1_000]);
        });
        CommandException error = await Assert.ThrowsAsync<CommandException>(() =>
            MediaInput.AudioAsync(pipe, TestContext.Current.CancellationToken));
        Assert.Contains("not a WAV file", error.Message);
        await writing.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private static async Task ExpectFramesAsync(MediaInput input, int count)
    {
        var counter = new TrackCounter();
        using IDisposable attachment = input.Track.Attach(counter);
        await UntilAsync(() => counter.Count.Frames >= count);
        Assert.Null(input.Error);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(started.Elapsed < Patience.Limit, "it does not come");
            await Task.Delay(10);
        }
    }

    private static Task MakeAsync(string[] arguments, string path) => RunAsync("ffmpeg", ["-v", "error", .. arguments, $"file:{path}"]);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {errors}");
    }
}
