namespace Parley.Media;

/// <summary>What a <see cref="TrackCounter"/> has counted.</summary>
public readonly record struct TrackCount
{
    /// <summary>The format of the last frame; null before the first.</summary>
    public MediaFormat? Format { get; init; }

    /// <summary>Frames.</summary>
    public long Frames { get; init; }

    /// <summary>Key frames among them; of sound, none.</summary>
    public long KeyFrames { get; init; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Frames before which some were missing.</summary>
    public long Losses { get; init; }

    /// <summary>Pixels across, by the last key frame of VP8, VP9 or AV1; 0 when unknown.</summary>
    public int Width { get; init; }

    /// <summary>Pixels down, by the last key frame of VP8, VP9 or AV1; 0 when unknown.</summary>
    public int Height { get; init; }

    /// <summary>The last frame's timestamp.</summary>
    public TimeSpan Timestamp { get; init; }
}
