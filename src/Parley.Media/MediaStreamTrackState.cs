namespace Parley.Media;

/// <summary>Whether a track can still carry media.</summary>
public enum MediaStreamTrackState
{
    /// <summary>It carries media, or will.</summary>
    Live,

    /// <summary>It never will again.</summary>
    Ended,
}
