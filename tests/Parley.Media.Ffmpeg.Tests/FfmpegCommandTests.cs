using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Media.Ffmpeg.Tests;

/// <summary>What reaches ffmpeg of a name, and that names are nothing but names.</summary>
// One after another: a test changes the process's PATH.
[Collection("ffmpeg")]
public sealed class FfmpegCommandTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("parley-ffmpeg-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("a\" -f null - \"b.wav")]
    [InlineData("x:y.wav")]
    [InlineData("-v.wav")]
    [InlineData("a b 'c' $d `e` %f.wav")]
    [InlineData("http:example.wav")]
    [InlineData("ümläut\\.wav")]
    public async Task File_WhateverItsName_IsPlayed(string name)
    {
        var path = Path.Combine(_directory.FullName, name);
        WriteWav(path);
        using var source = await FfmpegSource.OpenAsync(path, MediaKind.Audio, clock: _clock);
        var counter = new TrackCounter();
        var track = new MediaStreamTrack(MediaKind.Audio, source);
        using var attachment = track.Attach(counter);
        await PlayAsync(() => track.ReadyState == MediaStreamTrackState.Ended);
        Assert.InRange(counter.Count.Frames, 24, 27);
        Assert.Null(source.Error);
    }

    [Fact]
    public async Task Name_WithAQuotationMark_WritesNoFileOfItsOwn()
    {
        var victim = Path.Combine(_directory.FullName, "victim.wav");
        var other = Path.Combine(_directory.FullName, "other.wav");
        WriteWav(other);
        var input = $"{other}\" -y \"{victim}\" -i \"{other}";
        await Assert.ThrowsAsync<InvalidDataException>(() => FfmpegSource.OpenAsync(input, MediaKind.Audio, clock: _clock));
        Assert.False(File.Exists(victim));
    }

    [Fact]
    public void Arguments_StandOneByOne_TheInputAmongThem()
    {
        var path = Path.Combine(_directory.FullName, "x.wav");
        File.WriteAllText(path, "");
        var file = FfmpegCommand.For(path, MediaKind.Audio, new FfmpegSourceOptions { Loop = true, InputArguments = "-f wav" });
        Assert.Empty(file.Arguments);
        Assert.Equal(
            ["-v", "error", "-nostdin", "-stream_loop", "-1", "-f", "wav", "-i", $"file:{path}", "-map"], file.ArgumentList.Take(10));
        Assert.Equal("pipe:1", file.ArgumentList[^1]);
        var url = FfmpegCommand.For("rtsp://host/\" -y \"x", MediaKind.Video, new FfmpegSourceOptions());
        Assert.Equal("rtsp://host/\" -y \"x", url.ArgumentList[url.ArgumentList.IndexOf("-i") + 1]);
        Assert.DoesNotContain("-nostdin", FfmpegCommand.For("-", MediaKind.Audio, new FfmpegSourceOptions()).ArgumentList);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("  -f  lavfi ", 2)]
    [InlineData("-headers \"A: b c\" -x 'd \"e'", 4)]
    [InlineData("-a \"\" b", 3)]
    public void InputArguments_AreSplitAsAShellWould(string text, int count) => Assert.Equal(count, FfmpegCommand.Split(text).Count);

    [Fact]
    public async Task Source_Disposed_LeavesNoProcess()
    {
        var source = await FfmpegSource.OpenAsync(
            "sine=frequency=440", MediaKind.Audio, new FfmpegSourceOptions { InputArguments = "-f lavfi" }, _clock);
        Assert.False(source.Completion.IsCompleted);
        source.Dispose();
        await source.Completion.WaitAsync(Patience.Limit);
    }

    private static void WriteWav(string path)
    {
        using var writer = new WavWriter(File.Create(path), 48_000, 1);
        writer.Write([.. Enumerable.Range(0, 24_000).Select(i => (short)(8_000 * Math.Sin(i / 10.0)))]);
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
