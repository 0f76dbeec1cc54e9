using Parley.Net;

namespace Parley.Media.Tests;

public class PlayoutClockTests
{
    private readonly MediaStreamTrack _sound = new(MediaKind.Audio);
    private readonly MediaStreamTrack _pictures = new(MediaKind.Video);
    private readonly DateTimeOffset _capture = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void PicturesComeLaterThanSound_WhatWasCapturedTogetherIsPresentedTogether()
    {
        var clock = new PlayoutClock();
        for (var i = 0; i < 200; i++)
        {
            var sound = clock.PresentAt(_sound, Frame(i * 20, 50));
            var pictures = clock.PresentAt(_pictures, Frame(i * 20, 130));
            if (i > 0)
            {
                Assert.Equal(0, (pictures - sound).TotalMilliseconds, 3);
                Assert.Equal(i * 20 + 130, (pictures - Instant.Zero).TotalMilliseconds, 3);
            }
        }
    }

    [Fact]
    public void SoundComesUnevenly_IsPresentedEvenlyAndNeverBeforeItCame()
    {
        var clock = new PlayoutClock();
        var random = new Random(5);
        Instant? last = null;
        for (var i = 0; i < 500; i++)
        {
            var frame = Frame(i * 20, 40 + (i == 10 ? 60 : random.Next(0, 60)));
            var at = clock.PresentAt(_sound, frame);
            Assert.True(at >= frame.At);
            if (i is > 10 and < 200)
            {
                // The delay shrinks by no more than a twentieth of the time.
                Assert.InRange((at - last!.Value).TotalMilliseconds, 17, 20);
            }

            last = at;
        }
    }

    [Fact]
    public void OneFrameComesVeryLate_TheDelayStaysBounded()
    {
        var clock = new PlayoutClock(maximumDelay: TimeSpan.FromMilliseconds(200));
        clock.PresentAt(_sound, Frame(0, 10));
        clock.PresentAt(_sound, Frame(20, 5_000));
        var next = Frame(6_000, 10);
        Assert.InRange((clock.PresentAt(_sound, next) - next.At).TotalMilliseconds, 0, 200);
    }

    [Fact]
    public void NoReportYet_EachTrackKeepsItsOwnTimeAndTheDelayNeverRunsBackwards()
    {
        var clock = new PlayoutClock(minimumDelay: TimeSpan.FromMilliseconds(50));
        var first = clock.PresentAt(_sound, Frame(0, 10) with { CapturedAt = null });
        var second = clock.PresentAt(_sound, Frame(20, 10) with { CapturedAt = null });
        Assert.Equal(60, (first - Instant.Zero).TotalMilliseconds, 3);
        Assert.Equal(20, (second - first).TotalMilliseconds, 3);
        Assert.True(clock.PresentAt(_sound, Frame(40, 10)) >= second);
    }

    [Fact]
    public void Relay_CarriesFramesOnAndWishesForKeyFramesBack()
    {
        var asked = 0;
        _pictures.KeyFrameRequested += (_, _) => asked++;
        using var relay = new TrackRelay(_pictures);
        _pictures.Write(Frame(0, 0));
        var log = new FrameLog();
        using (relay.Track.Attach(log))
        {
            Assert.Equal(1, asked);
            relay.Track.RequestKeyFrame();
            Assert.Equal(2, asked);
            _pictures.Write(Frame(40, 0));
        }

        _pictures.Write(Frame(80, 0));
        Assert.Equal(40, Assert.Single(log.Frames).Timestamp.TotalMilliseconds);
        _pictures.End();
        Assert.Equal(MediaStreamTrackState.Ended, relay.Track.ReadyState);
    }

    private MediaFrame Frame(int captured, int transit) => new()
    {
        Format = MediaFormat.Vp8,
        Data = new byte[10],
        Timestamp = TimeSpan.FromMilliseconds(captured),
        CapturedAt = _capture.AddMilliseconds(captured),
        At = Instant.Zero + TimeSpan.FromMilliseconds(captured + transit),
    };
}
