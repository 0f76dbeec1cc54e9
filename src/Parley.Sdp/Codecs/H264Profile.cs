namespace Parley.Sdp;

/// <summary>The sets of H.264 tools that a profile-level-id can name (RFC 6184 §8.1, table 5).</summary>
public enum H264Profile
{
    /// <summary>What both Baseline and Main decoders decode.</summary>
    ConstrainedBaseline,

    /// <summary>Baseline.</summary>
    Baseline,

    /// <summary>Main.</summary>
    Main,

    /// <summary>Extended.</summary>
    Extended,

    /// <summary>High.</summary>
    High,

    /// <summary>High without interlaced tools and B slices.</summary>
    ConstrainedHigh,

    /// <summary>High 4:4:4 Predictive.</summary>
    PredictiveHigh444,
}
