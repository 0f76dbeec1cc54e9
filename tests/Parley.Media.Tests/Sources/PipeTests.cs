using System.Diagnostics;
using System.IO.Pipes;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Media.Tests.Sources;

/// <summary>Sources that read from a pipe: they play what comes, once, and never wait where a track does.</summary>
public sealed class PipeTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData("test-card.ivf", 900)]
    [InlineData("tone.ogg", 501)]
    public async Task File_OverAPipe_IsPlayedWholeOnceThoughItShallLoop(string name, int frames)
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        var writing = WriteAsync(server, Resource(name));
        using PacedSource source = name.EndsWith("ivf", StringComparison.Ordinal)
            ? new IvfSource(client, clock: _clock)
            : new OggOpusSource(client, clock: _clock);
        var track = new MediaStreamTrack(source.Kind, source);
        var log = new FrameLog();
        using var attachment = track.Attach(log);
        await PlayAsync(() => track.ReadyState == MediaStreamTrackState.Ended);
        await writing;
        Assert.Equal(frames, log.Frames.Count);
        Assert.Null(source.Error);
    }

    [Fact]
    public async Task Wav_OverAPipe_IsPlayed()
    {
        using var file = new MemoryStream();
        using (var writer = new WavWriter(file, 48_000, 1, leaveOpen: true))
        {
            writer.Write(new short[48_000]);
        }

        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        var writing = WriteAsync(server, file.ToArray());
        using var source = new WavSource(client, clock: _clock);
        var track = new MediaStreamTrack(source.Kind, source);
        var log = new FrameLog();
        using var attachment = track.Attach(log);
        await PlayAsync(() => track.ReadyState == MediaStreamTrackState.Ended);
        await writing;
        Assert.Equal(50, log.Frames.Count);
    }

    [Fact]
    public async Task Pipe_ThatBreaksOff_EndsTheTrackAfterWhatCame()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        var writing = WriteAsync(server, Resource("test-card.ivf")[..100_000]);
        using var source = new IvfSource(client, clock: _clock);
        var track = new MediaStreamTrack(source.Kind, source);
        var log = new FrameLog();
        using var attachment = track.Attach(log);
        await PlayAsync(() => track.ReadyState == MediaStreamTrackState.Ended);
        await writing;
        Assert.InRange(log.Frames.Count, 10, 890);
        Assert.True(log.Frames[0].IsKeyFrame);
    }

    [Fact]
    public async Task Pipe_WithNothingInIt_HoldsUpNobody()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        server.Write(Resource("test-card.ivf")[..60_000]);
        var source = new IvfSource(client, clock: _clock);
        var track = new MediaStreamTrack(source.Kind, source);
        var log = new FrameLog();
        var attachment = track.Attach(log);
        await PlayAsync(() => log.Frames.Count > 3);

        // The writer is silent: the source is asked, stopped and disposed all the same.
        track.RequestKeyFrame();
        _clock.Advance(TimeSpan.FromSeconds(1));
        attachment.Dispose();
        source.Dispose();
        server.Dispose();
        Assert.Equal(MediaStreamTrackState.Live, track.ReadyState);
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(SampleMedia).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Task WriteAsync(AnonymousPipeServerStream pipe, byte[] bytes) => Task.Run(() =>
    {
        pipe.Write(bytes);
        pipe.Dispose();
    });

    // Virtual time runs while a thread reads in real time: what has not come yet is waited for, a minute at most.
    private async Task PlayAsync(Func<bool> until)
    {
        var started = Stopwatch.StartNew();
        while (!until())
        {
            Assert.True(started.Elapsed < Patience.Limit, "nothing more comes");
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }
}
