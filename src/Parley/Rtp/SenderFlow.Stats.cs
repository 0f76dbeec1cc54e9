using System.Runtime.InteropServices;
using Parley.Media;
using Parley.Net;

namespace Parley;

// What the source gives and what goes out of it, for statistics.
internal sealed partial class SenderFlow
{
    /// <summary>A source's entry completed with what its track has given since the sender has it.</summary>
    public MediaSourceStats Complete(MediaSourceStats stats, Instant now)
    {
        lock (_gate)
        {
            return stats switch
            {
                AudioSourceStats audio =>
                    audio with { AudioLevel = _source.Level, TotalAudioEnergy = _source.Energy, TotalSamplesDuration = _source.Duration },
                VideoSourceStats video =>
                    video with
                    {
                        Width = _source.Width,
                        Height = _source.Height,
                        Frames = _source.Frames,
                        FramesPerSecond = _source.IsOfASecond(now) ? _source.FramesPerSecond(now) : null,
                    },
                _ => stats,
            };
        }
    }

    /// <summary>The level of raw sound, in -dBov.</summary>
    private static byte LevelOf(in MediaFrame frame) =>
        (byte)Math.Clamp(Math.Round(-AudioLevelMeter.LevelOf(MemoryMarshal.Cast<byte, short>(frame.Data.Span))), 0, 127);

    private void CountSource(MediaStreamTrack track, in MediaFrame frame, Instant now)
    {
        if (track.Kind == MediaKind.Audio)
        {
            var level = frame.AudioLevel ?? (IsPcm(frame.Format) ? LevelOf(frame) : null);
            _source.AddSound(frame.Format, frame.Data.Span, level);
            return;
        }

        // Of the renditions of one picture the last is the largest; only one of them counts.
        var (width, height) = (0, 0);
        if (frame.IsKeyFrame && (frame.Rendition is null || frame.Rendition == _onlyRendition))
        {
            VideoFrame.TryReadSize(frame.Format, frame.Data.Span, out width, out height);
        }

        if (frame.Rendition is null || frame.Rendition == _onlyRendition)
        {
            _source.AddPicture(now, width, height);
        }
    }
}
