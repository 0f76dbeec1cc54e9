namespace Parley.Media;

/// <summary>Produces the frames of a local track: a file, a tone, a camera. It runs while the track has sinks.</summary>
public interface IMediaSource
{
    /// <summary>What the source produces.</summary>
    MediaKind Kind { get; }

    /// <summary>Begins or goes on producing frames, each handed to <see cref="MediaStreamTrack.Write"/>.</summary>
    void Start(MediaStreamTrack track);

    /// <summary>Pauses; <see cref="Start"/> may follow.</summary>
    void Stop();

    /// <summary>Asks for a key frame soon. Sources of sound ignore it.</summary>
    void RequestKeyFrame();
}
