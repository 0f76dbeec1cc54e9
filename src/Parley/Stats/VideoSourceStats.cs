namespace Parley;

/// <summary>A track of pictures that is sent (webrtc-stats §8.12).</summary>
/// <remarks>RTCVideoSourceStats.</remarks>
public sealed record VideoSourceStats : MediaSourceStats
{
    /// <summary>The width of the last key frame of VP8, VP9, AV1 or H.264, in pixels; null before one, and for other formats.</summary>
    public int? Width { get; init; }

    /// <summary>Its height, in pixels.</summary>
    public int? Height { get; init; }

    /// <summary>The pictures that the source gave to the sender; renditions of one picture count once.</summary>
    public long? Frames { get; init; }

    /// <summary>
    /// Pictures that the source gave to the sender in the last second; renditions of one picture count once. Null until it has done so for
    /// a second.
    /// </summary>
    public double? FramesPerSecond { get; init; }
}
