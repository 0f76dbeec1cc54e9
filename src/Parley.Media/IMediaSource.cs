namespace Parley.Media;

/// <summary>Produces the frames of a local track: a file, a tone, a camera. It runs while the track has sinks.</summary>
public interface IMediaSource
{
    /// <summary>What the source produces.</summary>
    MediaKind Kind { get; }

    /// <summary>
    /// The formats it produces, when it knows; empty when it does not. A sender refuses a track none of whose formats was negotiated.
    /// </summary>
    IReadOnlyList<MediaFormat> Formats => [];

    /// <summary>
    /// The names of its renditions, the smallest pictures first, when it offers each picture in several
    /// (<see cref="MediaFrame.Rendition"/>); else empty.
    /// </summary>
    IReadOnlyList<string> Renditions => [];

    /// <summary>Begins or goes on producing frames, each handed to <see cref="MediaStreamTrack.Write"/>.</summary>
    void Start(MediaStreamTrack track);

    /// <summary>Pauses; <see cref="Start"/> may follow.</summary>
    void Stop();

    /// <summary>Asks for a key frame soon. Sources of sound ignore it.</summary>
    void RequestKeyFrame();

    /// <summary>Asks for a key frame of one rendition soon; null for all.</summary>
    void RequestKeyFrame(string? rendition) => RequestKeyFrame();
}
