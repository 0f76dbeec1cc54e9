using Microsoft.Extensions.Time.Testing;

namespace Parley.Media.Tests.Sources;

public class PacedSourceTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void TestCard_PlaysTwoRounds_KeepsItsPaceAndItsTimestampsEven()
    {
        using var source = SampleMedia.TestCard(_clock);
        Assert.Equal((640, 360, 900), (source.Width, source.Height, source.FrameCount));
        Assert.Equal(60, source.Length.TotalSeconds, 5);
        var (_, log, _) = Play(source);
        for (var i = 0; i < 121 * 50; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.InRange(log.Frames.Count, 121 * 15, 121 * 15 + 1);
        for (var i = 1; i < log.Frames.Count; i++)
        {
            Assert.Equal(1 / 15.0, (log.Frames[i].Timestamp - log.Frames[i - 1].Timestamp).TotalSeconds, 5);
            Assert.Equal(i % 15 == 0, log.Frames[i].IsKeyFrame);
        }

        Assert.Equal(120, log.Frames[1800].Timestamp.TotalSeconds, 4);
        Assert.Equal(log.Frames[0].Data.ToArray(), log.Frames[900].Data.ToArray());
    }

    [Fact]
    public void TestCard_KeyFrameAskedFor_NextFrameIsOneAndTimestampsStayEven()
    {
        using var source = SampleMedia.TestCard(_clock);
        var (track, log, _) = Play(source);
        Advance(300);
        var before = log.Frames.Count;
        Assert.False(log.Frames[^1].IsKeyFrame);
        track.RequestKeyFrame();
        Advance(70);
        Assert.True(log.Frames[before].IsKeyFrame);
        Advance(70);
        Assert.False(log.Frames[before + 1].IsKeyFrame);
        Assert.Equal(1 / 15.0, (log.Frames[before].Timestamp - log.Frames[before - 1].Timestamp).TotalSeconds, 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void SampleSound_Plays_BringsTwentyMillisecondsEach(int which)
    {
        using var source = which switch
        {
            0 => SampleMedia.Tune(_clock),
            1 => SampleMedia.HoldMusic(_clock),
            _ => SampleMedia.Tone(_clock),
        };
        var (_, log, _) = Play(source);
        Advance(30_000);

        Assert.InRange(log.Frames.Count, 1500, 1501);
        Assert.All(log.Frames, frame =>
        {
            Assert.Equal(MediaFormat.Opus, frame.Format);
            Assert.Equal(20, frame.Duration.TotalMilliseconds);
            Assert.True(frame.Data.Length > 3);
        });
        Assert.Equal(29.98, log.Frames[1499].Timestamp.TotalSeconds, 5);
    }

    [Fact]
    public void Source_HeldUpBriefly_CatchesUpAtOnce()
    {
        using var source = new ToneSource(clock: _clock) { MaximumLag = TimeSpan.FromMilliseconds(200) };
        var held = false;
        var log = new FrameLog
        {
            Before = frame =>
            {
                if (!held && frame.Timestamp == TimeSpan.FromMilliseconds(40))
                {
                    // The sink takes its time; ToneSource cannot be called meanwhile.
                    held = true;
                    _clock.Advance(TimeSpan.FromMilliseconds(150));
                }
            },
        };
        using var attachment = new MediaStreamTrack(MediaKind.Audio, source).Attach(log);
        Advance(40);
        Assert.Equal(10, log.Frames.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(180), log.Frames[^1].Timestamp);
    }

    [Fact]
    public void Source_HeldUpLong_LeapsInsteadOfFlooding()
    {
        using var source = new ToneSource(clock: _clock);
        var held = false;
        var log = new FrameLog
        {
            Before = frame =>
            {
                if (!held)
                {
                    held = true;
                    _clock.Advance(TimeSpan.FromSeconds(10));
                }
            },
        };
        using var attachment = new MediaStreamTrack(MediaKind.Audio, source).Attach(log);
        Advance(1);
        Advance(19);
        Assert.Equal(2, log.Frames.Count);
        Advance(20);
        Assert.Equal(3, log.Frames.Count);
        Assert.Equal(TimeSpan.FromSeconds(10.001), log.Frames[1].Timestamp);
        Assert.Equal(TimeSpan.FromSeconds(10.021), log.Frames[2].Timestamp);
    }

    [Fact]
    public void Source_DetachedAndAttachedAgain_GoesOnWithTheGapInItsTimeline()
    {
        using var source = new ToneSource(clock: _clock);
        var (track, log, attachment) = Play(source);
        Advance(90);
        attachment.Dispose();
        var count = log.Frames.Count;
        Assert.Equal(5, count);
        Advance(1000);
        Assert.Equal(count, log.Frames.Count);
        using var again = track.Attach(log);
        Advance(50);
        Assert.Equal(count + 3, log.Frames.Count);
        Assert.Equal(1090, log.Frames[count].Timestamp.TotalMilliseconds);
    }

    [Fact]
    public void Source_SinkThrows_EndsTheTrackAndTellsWhy()
    {
        using var source = new ToneSource(clock: _clock);
        var track = new MediaStreamTrack(MediaKind.Audio, source);
        using var attachment = track.Attach(new FrameLog { Before = _ => throw new NotSupportedException("no codec") });
        var ended = 0;
        track.Ended += (_, _) => ended++;
        Advance(100);
        Assert.Equal(1, ended);
        Assert.IsType<NotSupportedException>(source.Error);
    }

    [Fact]
    public void Source_NotLooping_EndsItsTrackAtTheEnd()
    {
        var bytes = new MemoryStream();
        using (var writer = new IvfWriter(bytes, new IvfHeader { FourCC = "VP80", Rate = 10 }, leaveOpen: true))
        {
            for (var i = 0; i < 5; i++)
            {
                writer.Write(Vp8.Frame(i == 0, (byte)i), i);
            }
        }

        bytes.Position = 0;
        using var source = new IvfSource(bytes, loop: false, _clock);
        var (track, log, _) = Play(source);
        Advance(1000);

        Assert.Equal(5, log.Frames.Count);
        Assert.Equal(MediaStreamTrackState.Ended, track.ReadyState);
        Assert.Null(source.Error);
    }

    [Fact]
    public void Source_StartedForASecondTrack_Refuses()
    {
        using var source = new ToneSource(clock: _clock);
        Play(source);
        Assert.Throws<InvalidOperationException>(() => new MediaStreamTrack(MediaKind.Audio, source).Attach(new FrameLog()));
    }

    [Fact]
    public void Source_AttachedAndDetachedByManyThreads_BringsOneFrameAtATimeAndNoneTwice()
    {
        using var source = SampleMedia.TestCard(_clock);
        var track = new MediaStreamTrack(MediaKind.Video, source);
        var (inside, overlaps, disorder) = (0, 0, 0);
        var last = TimeSpan.MinValue;
        using var watched = track.Attach(new FrameLog
        {
            Before = frame =>
            {
                overlaps += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
                disorder += frame.Timestamp > last ? 0 : 1;
                last = frame.Timestamp;
                Interlocked.Decrement(ref inside);
            },
        });
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, worker =>
        {
            for (var i = 0; i < 500; i++)
            {
                switch (worker)
                {
                    case < 2:
                        _clock.Advance(TimeSpan.FromMilliseconds(10));
                        break;
                    case 2:
                        track.Attach(new FrameLog()).Dispose();
                        break;
                    default:
                        source.Stop();
                        source.Start(track);
                        track.RequestKeyFrame();
                        break;
                }
            }
        });
        Assert.Equal((0, 0), (overlaps, disorder));
        Assert.True(last > TimeSpan.Zero);
    }

    private (MediaStreamTrack Track, FrameLog Log, IDisposable Attachment) Play(IMediaSource source)
    {
        var track = new MediaStreamTrack(source.Kind, source);
        var log = new FrameLog();
        return (track, log, track.Attach(log));
    }

    // In steps, because the clock calls timers back only when it has arrived.
    private void Advance(int milliseconds)
    {
        for (var i = 0; i < milliseconds; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }
}
