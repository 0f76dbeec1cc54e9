namespace Parley.Media;

/// <summary>How an <see cref="OpusEncoder"/> encodes.</summary>
public sealed record OpusEncoderOptions
{
    /// <summary>What it is to do best.</summary>
    public OpusApplication Application { get; init; } = OpusApplication.Audio;

    /// <summary>Bits per second, 500 to 512,000; null leaves it to libopus.</summary>
    public int? Bitrate { get; init; }

    /// <summary>Effort, 0 to 10; null leaves it to libopus.</summary>
    public int? Complexity { get; init; }

    /// <summary>Whether nothing is sent in silence (discontinuous transmission).</summary>
    public bool UseDtx { get; init; }

    /// <summary>
    /// Whether each packet carries its predecessor once more, coarsely, so that one lost can be made good. It takes effect with
    /// <see cref="ExpectedLoss"/> above zero.
    /// </summary>
    public bool UseForwardErrorCorrection { get; init; }

    /// <summary>The loss to prepare for, in percent, 0 to 100.</summary>
    public int ExpectedLoss { get; init; }

    /// <summary>How long a packet lasts, in milliseconds: 10, 20, 40 or 60.</summary>
    public int FrameMilliseconds { get; init; } = 20;

    /// <summary>1 or 2 channels to encode; null: as many as the source has, at most 2.</summary>
    public int? Channels { get; init; }
}
