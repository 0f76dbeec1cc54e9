using Microsoft.Extensions.Time.Testing;

namespace Parley.Media.Tests.Sources;

/// <summary>A user's source that does what it must not.</summary>
public sealed class SourceErrorTests
{
    private readonly FakeTimeProvider _clock = new();

    public static TheoryData<Type> Exceptions() =>
        [
            typeof(InvalidOperationException), typeof(NullReferenceException), typeof(NotSupportedException),
            typeof(OperationCanceledException), typeof(IOException), typeof(OutOfMemoryException), typeof(Exception),
        ];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Exception_OfAnyType_EndsTheTrackAndStandsInError(Type type)
    {
        var error = (Exception)Activator.CreateInstance(type)!;
        using var source = new Bad(_clock, round => round == 2 ? throw error : TimeSpan.FromMilliseconds(20));
        var track = new MediaStreamTrack(MediaKind.Audio, source);
        var (log, ended) = (new FrameLog(), 0);
        track.Ended += (_, _) => ended++;
        using var attachment = track.Attach(log);
        Advance(200);
        Assert.Equal((2, 1, MediaStreamTrackState.Ended), (log.Frames.Count, ended, track.ReadyState));
        Assert.Same(error, source.Error);
    }

    [Fact]
    public void Duration_WithoutBounds_HarmsNobody()
    {
        using var source = new Bad(_clock, round => round switch { 0 => TimeSpan.MinValue, 1 => TimeSpan.Zero, _ => TimeSpan.MaxValue });
        var track = new MediaStreamTrack(MediaKind.Audio, source);
        var log = new FrameLog();
        using var attachment = track.Attach(log);
        Advance(200);
        Assert.Equal((3, MediaStreamTrackState.Live), (log.Frames.Count, track.ReadyState));
        Assert.Null(source.Error);
    }

    private void Advance(int milliseconds)
    {
        for (; milliseconds > 0; milliseconds -= 10)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    private sealed class Bad(TimeProvider clock, Func<int, TimeSpan> durationOf) : PacedSource(MediaKind.Audio, clock)
    {
        private int _round;

        protected override bool TryProduce(bool keyFrameWanted, out MediaFrame frame)
        {
            frame = new MediaFrame { Format = MediaFormat.Opus, Data = new byte[3], Duration = durationOf(_round++) };
            return true;
        }
    }
}
