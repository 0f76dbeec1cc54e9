using Parley.Media;
using Parley.Simulation;

namespace Parley.Tests.Stats;

/// <summary>A track that is fed fifty frames a second of virtual time.</summary>
internal static class FedTrack
{
    public static MediaStreamTrack Create(Simulator simulator, MediaKind kind, int pictureSize, Func<bool> ended)
    {
        var track = new MediaStreamTrack(kind);
        _ = FeedAsync(simulator, track, pictureSize, ended);
        return track;
    }

    private static async Task FeedAsync(Simulator simulator, MediaStreamTrack track, int pictureSize, Func<bool> ended)
    {
        var start = simulator.Now;
        byte[] data = track.Kind == MediaKind.Audio ? [0xF8, 1, 0] : [0x10, 1, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0, .. new byte[pictureSize]];
        while (!ended())
        {
            await simulator.Delay(TimeSpan.FromMilliseconds(20));
            track.Write(new MediaFrame
            {
                Format = track.Kind == MediaKind.Audio ? MediaFormat.Opus : MediaFormat.Vp8,
                Data = data,
                Timestamp = simulator.Now - start,
                IsKeyFrame = true,
                AudioLevel = track.Kind == MediaKind.Audio ? (byte)20 : null,
            });
        }
    }
}
