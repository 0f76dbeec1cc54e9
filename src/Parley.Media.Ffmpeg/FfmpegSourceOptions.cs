namespace Parley.Media.Ffmpeg;

/// <summary>How a <see cref="FfmpegSource"/> has its input encoded.</summary>
public sealed record FfmpegSourceOptions
{
    /// <summary>Whether a file begins anew at its end. Live inputs cannot.</summary>
    public bool Loop { get; init; }

    /// <summary>Bits per second; null for 64,000 of sound and 1,000,000 of pictures.</summary>
    public int? Bitrate { get; init; }

    /// <summary>The most pixels across; larger pictures are made smaller, in proportion.</summary>
    public int MaximumWidth { get; init; } = 1280;

    /// <summary>Frames per second of pictures.</summary>
    public int FrameRate { get; init; } = 30;

    /// <summary>
    /// Options for ffmpeg before the input, such as "-f v4l2" for a camera: parts between spaces, held together by quotes of either kind.
    /// They come from the program, never from a stranger.
    /// </summary>
    public string? InputArguments { get; init; }
}
